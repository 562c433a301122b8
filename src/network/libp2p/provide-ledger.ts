import { type Digest, GgenError, LIMITS } from '#core'

/** Which blobs this node tells the DHT about, and when each was told last. */
export class ProvideLedger {
  readonly #untold = new Set<Digest>()
  /** Oldest first. */
  readonly #told = new Map<Digest, number>()

  get size(): number {
    return this.#untold.size + this.#told.size
  }

  /** Remembers a blob that must be told, again if it was told before. Throws `too-busy` above `LIMITS.knownHolders`. */
  add(digest: Digest): void {
    if (!this.#told.has(digest) && !this.#untold.has(digest) && this.size >= LIMITS.knownHolders) {
      throw new GgenError('too-busy', `this node tells the network about ${LIMITS.knownHolders} blobs already`)
    }
    this.#told.delete(digest)
    this.#untold.add(digest)
  }

  /** Notes that a blob was told. */
  tell(digest: Digest, nowMs: number): void {
    this.#untold.delete(digest)
    this.#told.delete(digest)
    this.#told.set(digest, nowMs)
  }

  /** Notes that nobody took it: it goes behind the others that wait. */
  miss(digest: Digest): void {
    if (this.#untold.delete(digest)) this.#untold.add(digest)
  }

  /** The blob that should be told next: those never told first, then the one told longest ago, if that is long enough. */
  next(nowMs: number): Digest | undefined {
    const [untold] = this.#untold
    if (untold !== undefined) return untold
    const [oldest] = this.#told
    return oldest !== undefined && nowMs - oldest[1] >= LIMITS.rendezvousAgainMs ? oldest[0] : undefined
  }
}
