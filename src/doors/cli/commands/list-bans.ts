import type { Run } from './context.ts'

/** `ggen p2p bans` */
export const listBans = (): Run => async ({ client, deadline }) => ({ kind: 'bans', value: await client.bans(deadline.signal) })
