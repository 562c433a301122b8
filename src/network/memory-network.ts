import { type AccessRecords, type Clock, type Events, GgenError, type Multiaddr, parseMultiaddr, parsePeerId, type PeerId } from '#core'
import { createHash } from 'node:crypto'
import { memoryAccessRecords } from './memory-access-records.ts'
import { MemoryNode } from './memory-node.ts'
import type { Network } from './network.ts'

/** How a network in memory behaves. */
export interface MemoryHubOptions {
  readonly clock: Clock
  /** How long a message takes from one node to another; absent: no time at all. */
  readonly latencyMs?: number
}

/** How one node joins it. */
export interface MemoryJoinOptions {
  readonly events?: Events
  /** What a former node in this place remembered of peers; absent: nothing. */
  readonly access?: AccessRecords
  /** Its IPv4 address; absent: one of its own. */
  readonly host?: string
}

/**
 * A whole network in one process: nodes that behave like the real ones, and the hand that links, cuts and crashes them.
 * No sockets, no randomness: the same calls give the same run.
 */
export interface MemoryHub {
  /** A new node, linked to nobody. */
  join(options?: MemoryJoinOptions): Network
  /** Connects two nodes, also after `cut`. Throws `peer-unreachable` when one is gone. */
  link(from: PeerId, to: PeerId): void
  /** Separates two nodes; until the next `link` neither can dial the other. */
  cut(from: PeerId, to: PeerId): void
  /** Ends a node without a farewell, as a power failure would. */
  crash(peer: PeerId): void
}

const BASE58 = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz'

/** The n-th peer id: well formed, without a key behind it. */
const peerIdAt = (index: number): PeerId => {
  const hash = createHash('sha512').update(`memory peer ${index}`).digest()
  return parsePeerId(`12D3Koo${[...hash.subarray(0, 45)].map((byte) => BASE58[byte % BASE58.length]).join('')}`)
}

const hostAt = (index: number): string => [10, (index >> 16) & 255, (index >> 8) & 255, index & 255].join('.')

const addressAt = (host: string, peer: PeerId): Multiaddr => parseMultiaddr(`/ip4/${host}/tcp/4001/p2p/${peer}`)

/** An empty network in memory. */
export const memoryHub = (options: MemoryHubOptions): MemoryHub => {
  const nodes = new Map<PeerId, MemoryNode>()
  const severed = new Set<string>()
  const pairOf = (from: PeerId, to: PeerId): string => [from, to].sort().join(' ')
  let joined = 0

  const find = (peer: PeerId): MemoryNode => {
    const node = nodes.get(peer)
    if (node === undefined || node.isGone) throw new GgenError('peer-unreachable', `${peer} is not there`)
    return node
  }
  const connect = (from: PeerId, to: PeerId): void => {
    if (severed.has(pairOf(from, to))) throw new GgenError('peer-unreachable', `${to} cannot be reached`)
    find(from).connect(find(to))
  }

  return {
    join: ({ events, host, access: records = memoryAccessRecords() } = {}) => {
      const index = (joined += 1)
      const self = peerIdAt(index)
      const { clock, latencyMs = 0 } = options
      const node = new MemoryNode({ self, address: addressAt(host ?? hostAt(index), self), clock, latencyMs, events, records, connect })
      nodes.set(self, node)
      return node
    },
    link: (from, to) => {
      severed.delete(pairOf(from, to))
      connect(from, to)
    },
    cut: (from, to) => {
      severed.add(pairOf(from, to))
      nodes.get(from)?.disconnect(to)
    },
    crash: (peer) => find(peer).end(),
  }
}
