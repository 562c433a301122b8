import type { Digest, IdentityId, Op, OpId } from '#core'
import type { KeptRelease } from './trust-store.ts'

/**
 * What a registry has promised its publishers to keep, and what it worked out of archives. A promise is durable when `promise` returns (SQLite
 * `synchronous=FULL`) and is never taken back. Synchronous. Every method may throw `store-broken`, those that change something `disk-full`, and all of
 * them `cancelled` after disposing. Bytes given and returned are the caller's own.
 */
export interface RegistryRecords extends Disposable {
  /** Promises to keep ops and blobs, all of them or none. An op that is promised already gets its new envelope: it may have more co-signatures. */
  promise(promised: Promised): void
  /** Ops in the order in which they were promised: those after the number `after`, where 0 is before all of them; at most `limit`. */
  promisedOps(after: number, limit: number): PromisedPage
  isPromised(op: OpId): boolean
  /** Whether a blob is promised: asked for each that could go when there is no room. */
  keeps(digest: Digest): boolean
  /** The promised releases that have this blob, each once. */
  keptFor(digest: Digest): readonly KeptRelease[]
  /** Whether something of an identity is promised. */
  isPublisher(identity: IdentityId): boolean
  /** A blob came that no release has been promised for; `promise` of one takes it from the list. */
  noteUpload(digest: Digest, at: number): void
  /** Blobs that came before then, and for which nothing was promised: oldest first, at most `limit`. */
  uploadsBefore(at: number, limit: number): readonly Digest[]
  forgetUploads(digests: readonly Digest[]): void
  /** What was worked out of an archive, as it was noted. May be lost in a power failure; then it is worked out again. */
  pack(archive: Digest): string | undefined
  notePack(archive: Digest, document: string): void
}

export interface Promised {
  readonly ops: readonly Op[]
  readonly blobs: readonly PromisedBlob[]
  /** Id of the token with which they came, for whoever has to find out what a leaked one did. */
  readonly by: string
  /** Unix milliseconds. */
  readonly at: number
}

export interface PromisedPage {
  readonly ops: readonly { readonly id: OpId; readonly envelope: Uint8Array; readonly by: string; readonly at: number }[]
  /** What to go on after. */
  readonly last: number
}

/** A blob that belongs to a release. */
export interface PromisedBlob {
  readonly digest: Digest
  readonly release: KeptRelease
}
