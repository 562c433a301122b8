import type { OpId } from '#core'
import type { PlaceFacts } from './feed-facts.ts'

/** One key's chain about one package, as far as it is linear. */
export interface Feed<T> {
  /** The ops that count, in order. */
  readonly line: readonly T[]
  /** Two or more successors of the end of the line: proof that the key is misused. Empty on a healthy feed. */
  readonly fork: ReadonlyMap<OpId, T>
  /** Adds an op, or puts it in the place of the same one with fewer signatures. Whatever comes when, the same ops make the same feed. */
  put(op: T): FeedChange<T>
}

/** What an op changed: the ops that left the line and joined it, and those that left the fork and joined it. */
export interface FeedChange<T> {
  readonly left: readonly T[]
  readonly joined: readonly T[]
  readonly unforked: readonly T[]
  readonly forked: readonly T[]
}

export const NO_CHANGE: FeedChange<never> = Object.freeze({ left: [], joined: [], unforked: [], forked: [] })

/** How new the roles are that an op names. */
export type AgeOf<T> = (op: T) => number

/**
 * Follows a feed from its first op: every op is the one successor of the op before it, its roles never older. Each op joins the line once and leaves it
 * at most once, because a fork stays one: so an op costs the same in a long feed as in a short one.
 */
export class FeedLine<T extends PlaceFacts> implements Feed<T> {
  readonly #age: AgeOf<T>
  readonly #line: T[] = []
  readonly #fork = new Map<OpId, T>()
  /** Ops that came before those that they follow, by what they follow. */
  readonly #waiting = new Map<OpId | undefined, T[]>()

  constructor(age: AgeOf<T>) {
    this.#age = age
  }

  get line(): readonly T[] {
    return this.#line
  }

  get fork(): ReadonlyMap<OpId, T> {
    return this.#fork
  }

  put(op: T): FeedChange<T> {
    const [standing, forked] = [this.#line[op.seq], this.#fork.get(op.id)]
    if (standing?.id === op.id) {
      this.#line[op.seq] = op
      return { ...NO_CHANGE, left: [standing], joined: [op] }
    }
    if (forked !== undefined) {
      this.#fork.set(op.id, op)
      return { ...NO_CHANGE, unforked: [forked], forked: [op] }
    }
    if (op.seq > this.#line.length) return this.#wait(op)
    if (!this.#follows(op)) return NO_CHANGE
    if (op.seq < this.#line.length) return this.#split(op)
    if (this.#fork.size === 0) return this.#grow(op)
    this.#fork.set(op.id, op)
    return { ...NO_CHANGE, forked: [op] }
  }

  /** Whether an op may stand where it says, the line being that long. */
  #follows(op: T): boolean {
    const before = this.#line[op.seq - 1]
    return op.prev === before?.id && (before === undefined || this.#age(op) >= this.#age(before))
  }

  /** Behind a fork there is nothing to wait for. */
  #wait(op: T): FeedChange<T> {
    if (this.#fork.size > 0) return NO_CHANGE
    const others = this.#waiting.get(op.prev)
    if (others === undefined) this.#waiting.set(op.prev, [op])
    else others.push(op)
    return NO_CHANGE
  }

  #grow(op: T): FeedChange<T> {
    const joined: T[] = []
    let next: readonly T[] = [op]
    for (let [only] = next; only !== undefined && next.length === 1; [only] = next) {
      this.#line.push(only)
      joined.push(only)
      next = this.#take(only.id)
    }
    if (next.length > 1) this.#forkInto(next)
    return { ...NO_CHANGE, joined, forked: next }
  }

  /** Those that waited for the end of the line and may follow it; of the same one the last. */
  #take(end: OpId): readonly T[] {
    const waiting = this.#waiting.get(end)
    if (waiting === undefined) return []
    this.#waiting.delete(end)
    const next = waiting.filter((op) => op.seq === this.#line.length && this.#follows(op))
    return [...new Map(next.map((op) => [op.id, op])).values()]
  }

  /** A second successor inside the line: everything behind is gone. */
  #split(op: T): FeedChange<T> {
    const left = this.#line.splice(op.seq)
    const unforked = [...this.#fork.values()]
    const forked = [...left.slice(0, 1), op]
    this.#forkInto(forked)
    return { left, joined: [], unforked, forked }
  }

  #forkInto(ops: readonly T[]): void {
    this.#waiting.clear()
    this.#fork.clear()
    for (const op of ops) this.#fork.set(op.id, op)
  }
}
