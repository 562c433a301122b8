import type { OpId } from '#core'
import type { PlaceFacts } from './feed-facts.ts'
import { type AgeOf, type Feed, type FeedChange, NO_CHANGE } from './feed-line.ts'

/**
 * The feed of a key that was revoked, up to the head that was confirmed: only the path to that one counts, whatever else was signed, and nothing while
 * it or an op before it is missing. It cannot fork.
 */
export class ConfirmedLine<T extends PlaceFacts> implements Feed<T> {
  readonly fork: ReadonlyMap<OpId, T> = new Map()
  readonly #age: AgeOf<T>
  readonly #line: T[] = []
  /** Everything that came, until the path is whole. */
  readonly #ops = new Map<OpId, T>()
  /** From the head backwards, as far as it is here. */
  readonly #path = new Set<OpId>()
  /** The next one backwards; none when the path is whole. */
  #wanted: OpId | undefined

  constructor(head: OpId, age: AgeOf<T>) {
    this.#wanted = head
    this.#age = age
  }

  get line(): readonly T[] {
    return this.#line
  }

  put(op: T): FeedChange<T> {
    const standing = this.#line[op.seq]
    if (standing?.id === op.id) {
      this.#line[op.seq] = op
      return { ...NO_CHANGE, left: [standing], joined: [op] }
    }
    if (this.#wanted === undefined) return NO_CHANGE
    this.#ops.set(op.id, op)
    this.#reach()
    return this.#wanted === undefined ? { ...NO_CHANGE, joined: this.#walk() } : NO_CHANGE
  }

  #reach(): void {
    while (this.#wanted !== undefined && !this.#path.has(this.#wanted)) {
      const op = this.#ops.get(this.#wanted)
      if (op === undefined) return
      this.#path.add(op.id)
      this.#wanted = op.prev
    }
  }

  #walk(): readonly T[] {
    for (const id of [...this.#path].reverse()) {
      const [op, before] = [this.#ops.get(id), this.#line.at(-1)]
      if (op?.seq !== this.#line.length || (before !== undefined && this.#age(op) < this.#age(before))) break
      this.#line.push(op)
    }
    this.#ops.clear()
    this.#path.clear()
    return this.#line.slice()
  }
}
