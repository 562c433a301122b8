import { memoryMirror } from './memory-mirror.ts'
import type { LedgerLine } from './mirror-ledger.ts'
import { describeMirrorStore } from './mirror-store.conformance.ts'

describeMirrorStore('a mirror in memory', async () => {
  const lines: LedgerLine[] = []
  const drafts = new Map<string, Uint8Array>()
  return { open: async () => memoryMirror(lines, drafts), read: async (path) => drafts.get(path), [Symbol.asyncDispose]: async () => undefined }
})
