import { type Digest, GgenError, LIMITS } from '#core'

/** Which blobs this node tells others about, and when each was told last. */
export class ProvideLedger {
  readonly #untold = new Set<Digest>()
  /** Told once, oldest first: a node that has just started knows few to tell. */
  readonly #once = new Map<Digest, number>()
  /** Told again since, oldest first. */
  readonly #often = new Map<Digest, number>()
  readonly #againMs: number

  /** What was told often is told again after `againMs`. */
  constructor(againMs: number = LIMITS.rendezvousAgainMs) {
    this.#againMs = againMs
  }

  get size(): number {
    return this.#untold.size + this.#once.size + this.#often.size
  }

  /** Remembers a blob that must be told, again if it was told before. Throws `too-busy` above `LIMITS.knownHolders`. */
  add(digest: Digest): void {
    const isKnown = this.#untold.has(digest) || this.#once.has(digest) || this.#often.has(digest)
    if (!isKnown && this.size >= LIMITS.knownHolders) {
      throw new GgenError('too-busy', `this node tells the network about ${LIMITS.knownHolders} blobs already`)
    }
    this.#once.delete(digest)
    this.#often.delete(digest)
    this.#untold.add(digest)
  }

  /** Notes that a blob was told. */
  tell(digest: Digest, nowMs: number): void {
    const isFirst = this.#untold.delete(digest)
    this.#once.delete(digest)
    this.#often.delete(digest)
    const told = isFirst ? this.#once : this.#often
    told.set(digest, nowMs)
  }

  /** Notes that nobody took it: it goes behind the others that wait. */
  miss(digest: Digest): void {
    if (this.#untold.delete(digest)) this.#untold.add(digest)
  }

  /** The blob that should be told next: those never told first, then those told once and those told longest ago, if that is long enough. */
  next(nowMs: number): Digest | undefined {
    const [untold] = this.#untold
    return untold ?? due(this.#once, nowMs - LIMITS.rendezvousSecondMs) ?? due(this.#often, nowMs - this.#againMs)
  }
}

const due = (told: ReadonlyMap<Digest, number>, beforeMs: number): Digest | undefined => {
  const [oldest] = told
  return oldest !== undefined && oldest[1] <= beforeMs ? oldest[0] : undefined
}
