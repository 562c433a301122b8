import { parsePackageSpec } from '#core'
import type { Run } from './context.ts'

/** `ggen pin`: the node fetches a release where it must, and keeps it for ever. */
export const pin =
  (spec: string): Run =>
  async ({ client, deadline }) => {
    parsePackageSpec(spec)
    return { kind: 'pinned', value: await client.pin(spec, deadline.signal) }
  }
