import type { LedgerLine, MirrorLedger } from './mirror-ledger.ts'

/** What this machine remembers of one source that it mirrors, and room for archives that are on their way. */
export interface MirrorStore {
  /** Knows what was noted until now. */
  readonly ledger: MirrorLedger
  /** Notes one thing; it is durable when this resolves. Throws `disk-full` and `store-broken`. */
  note(line: LedgerLine): Promise<void>
  /** Writes bytes to a file of their own, which goes when it is disposed. Throws what the bytes throw, `disk-full` and `store-broken`. */
  draft(bytes: AsyncIterable<Uint8Array>): Promise<Draft>
}

export interface Draft extends AsyncDisposable {
  readonly path: string
  /** Its bytes, from the beginning each time. */
  read(): AsyncIterable<Uint8Array>
}
