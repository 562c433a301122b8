import type { PeerId, PeerInfo } from '@libp2p/interface'
import assert from 'node:assert/strict'
import { RecentAddresses } from './recent-addresses.ts'
import { PEER_STORE } from './settings.ts'

interface Response {
  readonly name: string
  closer: PeerInfo[]
}

/** The part of the library's DHT that asks others and tells of the peers in their answers. */
interface Asking {
  safeDispatchEvent(type: string, event: CustomEvent<PeerInfo>): boolean
  sendRequest(to: PeerId, message: object, options: object): AsyncGenerator<Response>
}

const networkOf = (dht: object): Asking => {
  const { network } = dht as { readonly network?: Asking }
  assert(typeof network?.safeDispatchEvent === 'function' && typeof network.sendRequest === 'function', 'the DHT of the library asks through its network')
  return network
}

interface Wanted {
  readonly key: Uint8Array
  readonly signal: AbortSignal
}

/** Asks one peer who is near to a key. Who does not answer names nobody. */
export const askForCloser = async (dht: object, peer: PeerId, { key, signal }: Wanted): Promise<PeerInfo[]> => {
  const closer: PeerInfo[] = []
  const path = { index: -1, queued: 0, running: 0, total: 0 }
  for await (const event of networkOf(dht).sendRequest(peer, { type: 'FIND_NODE', key }, { signal, path })) {
    if (event.name === 'PEER_RESPONSE') closer.push(...event.closer)
  }
  return closer
}

/** What is done with the peers that others name. */
export interface NamedRoutes {
  /** The addresses that `from` may name. */
  readonly hear: (from: PeerId, addresses: PeerInfo['multiaddrs']) => PeerInfo['multiaddrs']
  readonly nowMs: () => number
}

/**
 * Makes the DHT take from each answer only what the one who gave it may name: the library takes everything, and does not tell who named it. A peer that
 * was named a moment ago with the same addresses is not told of again.
 */
export const limitNamedRoutes = (dht: object, { hear, nowMs }: NamedRoutes): void => {
  const network = networkOf(dht)
  const recent = new RecentAddresses()
  const tell = network.safeDispatchEvent.bind(network)
  const ask = network.sendRequest.bind(network)
  // It tells of peers before it says whose answer they come from; here they are told of afterwards.
  network.safeDispatchEvent = (type, event) => (type === 'peer' ? false : tell(type, event))
  network.sendRequest = async function* (to, message, options) {
    for await (const event of ask(to, message, options)) {
      if (event.name === 'PEER_RESPONSE') {
        event.closer = event.closer.slice(0, PEER_STORE.peersPerAnswer).map(({ id, multiaddrs }) => ({ id, multiaddrs: hear(to, multiaddrs) }))
        for (const detail of event.closer) {
          if (recent.isNews(detail.id.toString(), detail.multiaddrs.join(), nowMs())) tell('peer', new CustomEvent('peer', { detail }))
        }
      }
      yield event
    }
  }
}
