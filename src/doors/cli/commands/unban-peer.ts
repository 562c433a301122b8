import { parseBanSubject } from '#core'
import type { Run } from './context.ts'

/** `ggen p2p unban` */
export const unbanPeer =
  (subject: string): Run =>
  async ({ client, deadline }) => ({ kind: 'unbanned', value: await client.unban(parseBanSubject(subject), deadline.signal) })
