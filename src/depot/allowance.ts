import type { PeerId } from '#core'

const SECOND_MS = 1000
/** Peers that are counted at a time; who asks no more is forgotten. */
const PEERS = 1024

/** How much each peer may ask for in a second. */
export class Allowance {
  readonly #perSecond: number
  readonly #asked = new Map<PeerId, { readonly since: number; readonly count: number }>()

  constructor(perSecond: number) {
    this.#perSecond = perSecond
  }

  /** Takes so many; false: they are more than is left. `now`: monotonic milliseconds. */
  take(peer: PeerId, count: number, now: number): boolean {
    const known = this.#asked.get(peer)
    const current = known !== undefined && now - known.since < SECOND_MS ? known : { since: now, count: 0 }
    if (current.count + count > this.#perSecond) return false
    for (const oldest of this.#asked.keys()) {
      if (this.#asked.size < PEERS) break
      this.#asked.delete(oldest)
    }
    this.#asked.delete(peer)
    this.#asked.set(peer, { since: current.since, count: current.count + count })
    return true
  }
}
