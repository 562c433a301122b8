import type { LimitsQuestion } from '#doors/control'
import type { Run } from './context.ts'

/** `ggen p2p limit`: changes the limits where it is asked to, and shows them. */
export const limitBandwidth =
  (question: LimitsQuestion | undefined): Run =>
  async ({ client, deadline: { signal } }) => ({
    kind: 'limits',
    value: question === undefined ? await client.limits(signal) : await client.setLimits(question, signal),
  })
