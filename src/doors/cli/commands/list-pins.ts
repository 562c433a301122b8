import type { Run } from './context.ts'

/** `ggen pins` */
export const listPins = (): Run => async ({ client, deadline }) => ({ kind: 'pins', value: await client.pins(deadline.signal) })
