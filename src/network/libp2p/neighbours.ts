import { type Clock, isPeerId, type PeerId } from '#core'
import type { PeerInfo } from '@libp2p/interface'
import type { Gate } from './gate.ts'
import type { Node } from './node.ts'
import { LAN, PEER_STORE, yieldsTo } from './settings.ts'
import type { Tasks } from './tasks.ts'

/** What finding neighbours needs from the rest of the node. */
export interface NeighboursContext {
  readonly clock: Clock
  readonly tasks: Tasks
  readonly gate: Gate
  readonly node: Node
  readonly isConnected: (peer: PeerId) => boolean
}

/** Connects to nodes that mDNS finds. The library finds them but does not dial; it finds everybody again every few seconds, which is the retry. */
export class Neighbours {
  readonly #context: NeighboursContext
  readonly #dialling = new Set<PeerId>()
  readonly #connected = new Set<PeerId>()

  constructor(context: NeighboursContext) {
    this.#context = context
  }

  /** Takes one find; more than a few at once are left for the next round. */
  found({ id, multiaddrs }: PeerInfo): void {
    const { tasks, gate, node, isConnected } = this.#context
    const peer = id.toString()
    if (!isPeerId(peer) || peer === node.peerId.toString() || isConnected(peer) || this.#dialling.has(peer)) return
    for (const known of this.#connected) {
      if (!isConnected(known)) this.#connected.delete(known)
    }
    if (this.#dialling.size >= LAN.parallelDials || this.#connected.size >= LAN.neighbours) return
    const addresses = multiaddrs.slice(0, PEER_STORE.addressesPerPeer)
    for (const address of addresses) gate.rules.name(address.toString(), 'lan')
    this.#dialling.add(peer)
    tasks.run('connect to a neighbour', (signal) => this.#connect(peer, addresses, signal).finally(() => this.#dialling.delete(peer)))
  }

  async #connect(peer: PeerId, addresses: PeerInfo['multiaddrs'], signal: AbortSignal): Promise<void> {
    const { clock, node, isConnected } = this.#context
    if (yieldsTo(node.peerId.toString() as PeerId, peer)) await clock.wait(LAN.yieldMs, signal)
    if (isConnected(peer)) return
    const full = addresses.map((address) => address.encapsulate(`/p2p/${peer}`))
    // A neighbour that cannot be reached is no news: it may be switched off, and it is found again if not.
    const [result] = await Promise.allSettled([node.dial(full, { signal })])
    if (result.status === 'fulfilled') this.#connected.add(peer)
  }
}
