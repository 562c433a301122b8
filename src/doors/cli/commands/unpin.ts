import { parsePackageSpec } from '#core'
import type { Run } from './context.ts'

/** `ggen unpin`: what was pinned of a package may go again when room is needed. */
export const unpin =
  (spec: string): Run =>
  async ({ client, deadline }) => {
    parsePackageSpec(spec)
    return { kind: 'unpinned', value: await client.unpin(spec, deadline.signal) }
  }
