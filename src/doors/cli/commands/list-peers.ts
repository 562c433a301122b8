import { GgenError, parsePeer } from '#core'
import type { Run } from './context.ts'

/** `ggen p2p peers`: all of them, or one, named by its id or an address. Throws `peer-unreachable` where that one is not connected. */
export const listPeers =
  (text?: string): Run =>
  async ({ client, deadline }) => {
    const wanted = text === undefined ? undefined : parsePeer(text)
    const peers = await client.peers(deadline.signal)
    if (wanted === undefined) return { kind: 'peers', value: peers }
    const found = peers.filter(({ peerId }) => peerId === wanted)
    const hint = 'ggen p2p peers shows who is; ggen p2p connect connects to others'
    if (found.length === 0) throw new GgenError('peer-unreachable', `${wanted} is not connected`, { hint })
    return { kind: 'peers', value: found }
  }
