import { GgenError, LIMITS, parseBanSubject } from '#core'
import type { Run } from './context.ts'

export interface BanRequest {
  readonly subject: string
  readonly forMs: number | undefined
  readonly reason: string | undefined
}

/** `ggen p2p ban` */
export const banPeer =
  ({ subject, forMs, reason }: BanRequest): Run =>
  async ({ client, deadline }) => {
    if ([...(reason ?? '')].length > LIMITS.reasonChars) throw new GgenError('usage', `a reason has at most ${LIMITS.reasonChars} characters`)
    const question = { subject: parseBanSubject(subject), ...(forMs !== undefined && { forMs }), ...(reason !== undefined && { reason }) }
    return { kind: 'banned', value: await client.ban(question, deadline.signal) }
  }
