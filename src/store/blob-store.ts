import type { Digest } from '#core'

/**
 * Bytes named by their digest. What is held never changes; a blob is either there whole or not there. Bytes given and returned
 * are the caller's own. Every method may throw `store-broken`, after disposing `cancelled`, and the reason of an aborted signal.
 */
export interface BlobStore extends AsyncDisposable {
  /** Size in bytes, or `undefined` when the blob is not held. */
  size(digest: Digest): Promise<number | undefined>
  /** The bytes `[offset, offset + length)`, cut at the end of the blob, so possibly none. Throws `blob-not-found`. */
  read(digest: Digest, range: BlobRange, signal?: AbortSignal): Promise<Uint8Array>
  /** The whole blob in order, in chunks of at most 1 MiB. Throws `blob-not-found`. */
  stream(digest: Digest, signal?: AbortSignal): AsyncIterable<Uint8Array>
  /** Begins a blob. Nothing is visible before `seal`; disposing without it leaves nothing behind. */
  create(): Promise<BlobWriter>
  /** How many blobs are held, and their bytes; unsealed ones do not count. The first call may take seconds, the later ones do not. */
  usage(): Promise<BlobUsage>
}

/** Whole numbers ≥ 0. */
export interface BlobRange {
  readonly offset: number
  readonly length: number
}

export interface BlobUsage {
  readonly count: number
  readonly bytes: number
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
