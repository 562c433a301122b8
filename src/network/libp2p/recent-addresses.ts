import type { PeerInfo } from '@libp2p/interface'
import assert from 'node:assert/strict'
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

/** The part of the library's DHT that hears every answer and tells of the peers in it. */
interface Telling {
  safeDispatchEvent(type: string, event: { readonly detail: PeerInfo }): boolean
}

/** Keeps the DHT from telling of a peer again that it told of a moment ago, with the same addresses. */
export const hushRepeats = (dht: object, nowMs: () => number): void => {
  const { network } = dht as { readonly network?: Telling }
  assert(typeof network?.safeDispatchEvent === 'function', 'the DHT of the library tells of peers through its network')
  const recent = new RecentAddresses()
  const tell = network.safeDispatchEvent.bind(network)
  network.safeDispatchEvent = (type, event) =>
    type === 'peer' && !recent.isNews(event.detail.id.toString(), event.detail.multiaddrs.join(), nowMs()) ? false : tell(type, event)
}
