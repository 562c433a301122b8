import { LIMITS, type PeerId } from '#core'

/** What a peer had left, and when (monotonic milliseconds). */
interface Allowance {
  readonly digests: number
  readonly atMs: number
}

/** More than can be connected at once. */
const PEERS = 1024

/**
 * For how many digests each peer may still ask: every look costs a visit to the disk. `LIMITS.haveDigestsPerSecond`, and as many at once.
 * Bounded: who asked longest ago is forgotten first, and has all of it again.
 */
export class DigestAllowances {
  readonly #perPeer = new Map<PeerId, Allowance>()

  /** Takes so many from what a peer has left, or nothing and says false when that is too little. */
  take(peer: PeerId, count: number, nowMs: number): boolean {
    const left = this.#left(peer, nowMs)
    const isGranted = count <= left
    this.#perPeer.delete(peer)
    this.#perPeer.set(peer, { digests: isGranted ? left - count : left, atMs: nowMs })
    const [oldest] = this.#perPeer.keys()
    if (this.#perPeer.size > PEERS && oldest !== undefined) this.#perPeer.delete(oldest)
    return isGranted
  }

  #left(peer: PeerId, nowMs: number): number {
    const before = this.#perPeer.get(peer)
    if (before === undefined) return LIMITS.haveDigestsPerSecond
    const refilled = ((nowMs - before.atMs) / 1000) * LIMITS.haveDigestsPerSecond
    return Math.min(LIMITS.haveDigestsPerSecond, before.digests + refilled)
  }
}
