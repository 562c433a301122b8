import { GgenError } from '#core'
import type { TokenFile } from './token-file.ts'

/** A file of tokens that lives as long as the process. */
export const memoryTokenFile = (): TokenFile => {
  let held: Buffer | undefined
  const changed = (): GgenError => new GgenError('conflict', 'the file was changed by somebody else')
  return {
    path: 'memory',
    read: async () => held && Uint8Array.from(held),
    create: async (bytes) => {
      if (held !== undefined) throw changed()
      held = Buffer.from(bytes)
    },
    replace: async (before, after) => {
      if (held === undefined || !held.equals(before)) throw changed()
      held = Buffer.from(after)
    },
  }
}
