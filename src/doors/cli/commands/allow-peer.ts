import { parsePeer } from '#core'
import type { Run } from './context.ts'

export interface AllowRequest {
  readonly peer: string
  readonly remove: boolean
}

/** `ggen p2p allow` */
export const allowPeer =
  ({ peer: text, remove }: AllowRequest): Run =>
  async ({ client, deadline: { signal } }) => {
    const peer = parsePeer(text)
    return remove ? { kind: 'disallowed', value: await client.disallow(peer, signal) } : { kind: 'allowed', value: await client.allow(peer, signal) }
  }
