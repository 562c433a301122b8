import type { Digest } from '#core'
import type { PartialBlob } from './partial-blob.ts'

/**
 * Bytes named by their digest. What is held never changes; a blob is either there whole or not there. All together they stay under a
 * quota: room is found before anything is written, by dropping the blobs and partial blobs that nobody used for longest, never one that is
 * kept, or being read or written. Bytes given and returned are the caller's own. Every method may throw `store-broken`, after disposing
 * `cancelled`, and the reason of an aborted signal.
 */
export interface BlobStore extends AsyncDisposable {
  /** Size in bytes, or `undefined` when the blob is not held. */
  size(digest: Digest): Promise<number | undefined>
  /** The bytes `[offset, offset + length)`, cut at the end of the blob, so possibly none. Throws `blob-not-found`. */
  read(digest: Digest, range: BlobRange, signal?: AbortSignal): Promise<Uint8Array>
  /** The blob, or a range of it cut at its end, in order, in chunks of at most 1 MiB; opened once for the whole. Throws `blob-not-found`. */
  stream(digest: Digest, options?: StreamOptions): AsyncIterable<Uint8Array>
  /**
   * Whether the bytes are still what their name says. Hashes them, unless this process wrote or hashed them within `LIMITS.blobConfirmedMs`;
   * `anew`: in any case. A blob that a disk has damaged is dropped, whatever is kept, so that it can be had again. False for what is not held.
   */
  confirm(digest: Digest, how?: 'anew'): Promise<boolean>
  /** Takes back a chunk of a stream that nobody looks at any more: other bytes may come in it. Not giving back is no fault. */
  recycle(chunk: Uint8Array): void
  /** Begins a blob. Nothing is visible before `seal`; disposing without it leaves nothing behind. */
  create(): Promise<BlobWriter>
  /**
   * Opens what an earlier, interrupted try left of a blob, or begins one, and reserves its whole size. Bytes of a try at another size are
   * dropped. Throws `too-busy` while it is open already, or when too many are, and `disk-full`.
   */
  partial(digest: Digest, sizeBytes: number): Promise<PartialBlob>
  /** Whether an earlier, interrupted try left something of a blob, or one is under way. */
  hasPartial(digest: Digest): boolean
  /** What is held. The first call may take seconds when there are very many blobs, the later ones do not. */
  usage(): Promise<BlobUsage>
  /** Every blob that is held whole, in no order. May take seconds when there are very many. */
  list(): Promise<readonly HeldBlob[]>
  /** Drops what is neither kept nor in use just now, partial blobs too, or of that `only` what is named; resolves to what that was. */
  sweep(signal?: AbortSignal, only?: (digest: Digest) => boolean): Promise<SweptBlobs>
}

/** A blob that is held whole. */
export interface HeldBlob {
  readonly digest: Digest
  readonly sizeBytes: number
  /** It is never dropped for room. */
  readonly isKept: boolean
}

/** What was dropped. */
export interface SweptBlobs {
  /** Whole blobs. */
  readonly count: number
  /** Theirs, and what partial blobs had reserved. */
  readonly bytes: number
}

/** Whole numbers ≥ 0. */
export interface BlobRange {
  readonly offset: number
  readonly length: number
}

export interface StreamOptions {
  /** Absent: the whole blob. */
  readonly range?: BlobRange
  /** Length of a chunk, the last one apart: 1 to 1 MiB. */
  readonly chunkBytes?: number
  readonly signal?: AbortSignal
}

export interface BlobUsage {
  /** How many blobs are held whole; unsealed ones do not count. */
  readonly count: number
  /** Their bytes. */
  readonly bytes: number
  /** What is reserved for partial blobs, open or not: their whole sizes. */
  readonly partialBytes: number
  /** What all together may have. */
  readonly quotaBytes: number
}

/** What blobs may take, the same for every twin. */
export interface BlobQuota {
  /** Absent: `LIMITS.blobQuotaBytes`. */
  readonly quotaBytes?: number
  /** Blobs that are never dropped for room; asked when there is none. Must not throw. Absent: every blob may go. */
  readonly isKept?: (digest: Digest) => boolean
  /** Says which blob was used last. */
  readonly clock?: { now(): number }
}

/** Disposing waits for a seal that is under way and drops what was not sealed. */
export interface BlobWriter extends AsyncDisposable {
  readonly sizeBytes: number
  /** Adds bytes at the end; one call at a time. Throws `disk-full` or `store-broken`, and then again at every later `append` and at `seal`. */
  append(chunk: Uint8Array): Promise<void>
  /**
   * Makes the blob durable and visible under its digest: when this resolves, a power failure does not lose it.
   * Throws `integrity` when `expected` is another digest: then nothing is kept. Throws `disk-full` or `store-broken`: then nothing is
   * promised, though the blob may be there. Sealing a blob that is held already is fine. May be called once.
   */
  seal(expected?: Digest): Promise<Digest>
}
