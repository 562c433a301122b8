import { LIMITS, type PeerId } from '#core'
import type { Connection, PeerInfo } from '@libp2p/interface'
import { peerIdFromString } from '@libp2p/peer-id'
import { createHash } from 'node:crypto'
import { groupOf, hostOfAddress } from './address-scope.ts'
import { askForCloser } from './named-routes.ts'
import type { Node } from './node.ts'

/** Somebody who may be near to a key. */
export interface Candidate {
  readonly peer: PeerId
  /** Exclusive or of both places on the ring; the smallest is nearest. */
  readonly distance: Uint8Array
  /** Peers of one group count as one attacker. */
  readonly group: string
  /** It answered; otherwise others only say that it is there. */
  readonly answered: boolean
}

const sha256 = (bytes: Uint8Array): Buffer => createHash('sha256').update(bytes).digest()

/** How far apart a peer and a key are: both are hashed once more for their places on the ring. */
export const distanceOf = (peerBytes: Uint8Array, key: Uint8Array): Uint8Array => {
  const place = sha256(key)
  return sha256(peerBytes).map((byte, index) => byte ^ (place[index] ?? 0))
}

/**
 * The nearest of the candidates, those that answered before the others, a few of each group: whoever makes up ids next to a key needs many networks to be
 * all that is asked.
 */
export const chooseClosest = (candidates: Iterable<Candidate>, most: number = LIMITS.rendezvousClosest): readonly PeerId[] => {
  const groups = new Map<string, number>()
  const chosen: PeerId[] = []
  const nearest = [...candidates].sort((a, b) => Number(b.answered) - Number(a.answered) || Buffer.compare(a.distance, b.distance))
  for (const { peer, group } of nearest) {
    const count = groups.get(group) ?? 0
    if (count >= LIMITS.rendezvousClosestPerPrefix) continue
    groups.set(group, count + 1)
    chosen.push(peer)
    if (chosen.length === most) break
  }
  return chosen
}

/** The host that an open connection to a peer leads to. */
export const hostOfPeer = (node: Pick<Node, 'getConnections'>, peer: PeerInfo['id']): string | undefined => {
  const open: Connection | undefined = node.getConnections(peer).find(({ status }) => status === 'open')
  return open && hostOfAddress(open.remoteAddr.toString())
}

/** From where to look for the peers near a key. */
export interface Outlook {
  readonly node: Node
  /** Connected peers that know others. Of those that the routing table has no place for, a few of each group are asked as well. */
  readonly connected: readonly PeerId[]
  /** How many are wanted; absent: `LIMITS.rendezvousClosest`. */
  readonly most?: number
}

/**
 * Walks towards a key and resolves to whom to ask there. What the library calls the closest are its twenty nearest; here everybody counts who was met on
 * the way, so that there are others left where one group has the nearest places. Rejects with the signal's reason.
 */
export const findClosest = async (outlook: Outlook, key: Uint8Array, signal: AbortSignal): Promise<readonly PeerId[]> => {
  const { node } = outlook
  const { dht } = node.services
  const candidates = new Map<string, Candidate>()
  const meet = ({ id, multiaddrs }: PeerInfo, answered: boolean): void => {
    const peer = id.toString() as PeerId
    const known = candidates.get(peer)
    if (id.equals(node.peerId) || (known !== undefined && (known.answered || !answered))) return
    const host = hostOfPeer(node, id) ?? multiaddrs.flatMap((address) => hostOfAddress(address.toString()) ?? [])[0]
    if (host !== undefined) candidates.set(peer, { peer, distance: distanceOf(id.toMultihash().bytes, key), group: groupOf(host, peer), answered })
  }
  const askBeside = async (id: PeerInfo['id']): Promise<void> => {
    for (const closer of await askForCloser(dht, id, { key, signal })) meet(closer, false)
  }
  const beside = Promise.allSettled((await besideTable(outlook, signal)).map(askBeside))
  for await (const event of dht.getClosestPeers(key, { signal })) {
    if (event.name !== 'PEER_RESPONSE') continue
    meet({ id: event.from, multiaddrs: [] }, true)
    for (const closer of event.closer) meet(closer, false)
  }
  await beside
  return chooseClosest(candidates.values(), outlook.most)
}

/** The table takes a moment to take somebody in, and has little room for each prefix: a walk from it alone may know one side only. */
const besideTable = async ({ node, connected }: Outlook, signal: AbortSignal): Promise<readonly PeerInfo['id'][]> => {
  const table = node.services.dht.routingTable as unknown as { find(peer: PeerInfo['id'], options: object): Promise<PeerInfo['id'] | undefined> }
  const outside: Candidate[] = []
  for (const peer of connected) {
    const id = peerIdFromString(peer)
    const host = hostOfPeer(node, id)
    if (host === undefined || (await table.find(id, { signal })) !== undefined) continue
    outside.push({ peer, distance: Uint8Array.of(outside.length), group: groupOf(host, peer), answered: true })
  }
  return chooseClosest(outside).slice(0, LIMITS.rendezvousBesideTable).map((peer) => peerIdFromString(peer))
}
