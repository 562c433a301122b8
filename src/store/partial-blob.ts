import type { Digest, Sha512 } from '#core'
import type { BlobRange } from './blob-store.ts'

/**
 * A blob that arrives in any order and survives a crash: opened again, the file still holds what was written, and the caller finds out what
 * of it is right (`read`, compare, `confirm`). The store hashes the bytes in order as they become contiguous, so that nothing is named that
 * is not what its digest says. Disposing waits for what is under way and keeps the bytes for a later opening. After a `disk-full` or
 * `store-broken` every later call throws the same, and only disposing and a new opening help.
 */
export interface PartialBlob extends AsyncDisposable {
  readonly digest: Digest
  readonly sizeBytes: number
  /** Whether bytes of an earlier try may be there. Without any, reading only gives zeros. */
  readonly isResumed: boolean
  /** Bytes as they are in the file, cut at `sizeBytes`; what was never written reads as zeros. Throws `blob-not-found` once it is being ended. */
  read(range: BlobRange): Promise<Uint8Array>
  /**
   * Writes verified bytes at their place; calls for different ranges may overlap in time, and a range is written or confirmed once. The
   * chunks must not change before it resolves. Fastest in the order of the blob: what comes early is read back for hashing. A blob that is
   * written by one call costs least. Throws `disk-full` or `store-broken`.
   */
  write(offset: number, chunks: readonly Uint8Array[]): Promise<void>
  /** Counts bytes that were read from the file and found right; the same as writing them again. */
  confirm(offset: number, bytes: Uint8Array): Promise<void>
  /**
   * When every byte was written or confirmed: compares sha256 and, where given, sha512 of the whole, makes the blob durable and visible.
   * Throws `integrity` (then everything is dropped), `disk-full` or `store-broken`. May be called once, after the last `write`.
   */
  seal(sha512?: Sha512): Promise<void>
  /** Drops the bytes; waits for what is under way. */
  discard(): Promise<void>
}
