import type { PeerId } from '#core'
import type { Stream } from '@libp2p/interface'
import { peerIdFromString } from '@libp2p/peer-id'
import type { Node } from './node.ts'

/** Whom to ask for what. */
export interface StreamTarget {
  readonly peer: PeerId
  readonly protocol: string
}

/** Opens a stream for one question, over an open connection where there is one, else over a new one to the addresses known of the peer. */
export const openStream = async (node: Node, { peer, protocol }: StreamTarget, signal: AbortSignal): Promise<Stream> => {
  const id = peerIdFromString(peer)
  const open = node.getConnections(id).find((connection) => connection.status === 'open')
  const connection = open ?? (await node.dial(id, { signal }))
  return connection.newStream(protocol, { signal })
}
