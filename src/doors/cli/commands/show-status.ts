import type { Run } from './context.ts'

/** `ggen p2p status` */
export const showStatus = (): Run => async ({ client, deadline }) => ({ kind: 'status', value: await client.status(deadline.signal) })
