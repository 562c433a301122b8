import type { Digest } from '#core'

/** Bytes named by their digest. What is held never changes; a blob is either there whole or not there. */
export interface BlobStore extends AsyncDisposable {
  /** Size in bytes, or `undefined` when the blob is not held. */
  size(digest: Digest): Promise<number | undefined>
  /** The bytes `[offset, offset + length)`, cut at the end of the blob. Throws `blob-not-found`. */
  read(digest: Digest, range: BlobRange, signal?: AbortSignal): Promise<Uint8Array>
  /** The whole blob in order, in chunks of at most 1 MiB. Throws `blob-not-found`. */
  stream(digest: Digest, signal?: AbortSignal): AsyncIterable<Uint8Array>
  /** Begins a blob. Nothing is visible before `seal`; disposing without it leaves nothing behind. */
  create(): Promise<BlobWriter>
  usage(): Promise<BlobUsage>
}

export interface BlobRange {
  readonly offset: number
  readonly length: number
}

export interface BlobUsage {
  readonly count: number
  readonly bytes: number
}

export interface BlobWriter extends AsyncDisposable {
  readonly sizeBytes: number
  /** Throws `disk-full` or `store-broken`. */
  append(chunk: Uint8Array): Promise<void>
  /**
   * Makes the blob durable and visible under its digest: when this resolves, a power failure does not lose it.
   * Throws `integrity` when `expected` is another digest; then nothing is kept. Sealing a blob that is held already is fine.
   */
  seal(expected?: Digest): Promise<Digest>
}
