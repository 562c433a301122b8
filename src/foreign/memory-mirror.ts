import { type LedgerLine, MirrorLedger } from './mirror-ledger.ts'
import type { MirrorStore } from './mirror-store.ts'

/** What is remembered of a source as long as the process lives, for tests; the bytes of drafts are in `drafts` by their paths. */
export const memoryMirror = (lines: LedgerLine[] = [], drafts = new Map<string, Uint8Array>()): MirrorStore => {
  const ledger = new MirrorLedger()
  for (const line of lines) ledger.apply(line)
  let made = 0
  return {
    ledger,
    note: async (line) => {
      lines.push(line)
      ledger.apply(line)
    },
    draft: async (bytes) => {
      const parts: Uint8Array[] = []
      for await (const part of bytes) parts.push(part)
      made += 1
      const path = `/drafts/${made}.tar.gz`
      drafts.set(path, Buffer.concat(parts))
      return { path, read: () => chunksOf(drafts.get(path)), [Symbol.asyncDispose]: async () => void drafts.delete(path) }
    },
  }
}

async function* chunksOf(bytes: Uint8Array | undefined): AsyncGenerator<Uint8Array> {
  if (bytes !== undefined) yield bytes
}
