import type { Run } from './context.ts'

/** `ggen p2p peers` */
export const listPeers = (): Run => async ({ client, deadline }) => ({ kind: 'peers', value: await client.peers(deadline.signal) })
