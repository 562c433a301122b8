import { PEER_STORE } from './settings.ts'

interface Named {
  readonly addresses: string
  readonly atMs: number
}

/**
 * What was named a moment ago: each of twenty answers to a lookup names the same twenty peers, and noting all of them costs more than the
 * lookup. Bounded; the book forgets by itself, so nothing counts as known for long.
 */
export class RecentAddresses {
  readonly #named = new Map<string, Named>()

  /** Whether these addresses of a peer should be written down; the next time they are known. */
  isNews(peer: string, addresses: string, nowMs: number): boolean {
    const before = this.#named.get(peer)
    if (before?.addresses === addresses && nowMs - before.atMs < PEER_STORE.recentMs) return false
    this.#named.delete(peer)
    this.#named.set(peer, { addresses, atMs: nowMs })
    const [oldest] = this.#named.keys()
    if (this.#named.size > PEER_STORE.peers && oldest !== undefined) this.#named.delete(oldest)
    return true
  }
}
