import assert from 'node:assert/strict'
import { type Digest, digestOf } from '#core'
import type { BlobRange, BlobStore, BlobUsage, BlobWriter } from './blob-store.ts'
import { blobNotFound, storeClosed, wrongDigest } from './refusals.ts'

/** Blobs that live as long as the process. Indistinguishable from those on disk, apart from being forgotten. */
export const memoryBlobStore = (): BlobStore => new MemoryBlobStore()

const CHUNK_BYTES = 1024 * 1024

class MemoryBlobStore implements BlobStore {
  readonly #blobs = new Map<Digest, Uint8Array>()
  #closed = false

  async size(digest: Digest): Promise<number | undefined> {
    this.#assertOpen()
    return this.#blobs.get(digest)?.length
  }

  async read(digest: Digest, range: BlobRange, signal?: AbortSignal): Promise<Uint8Array> {
    assert(Number.isSafeInteger(range.offset) && range.offset >= 0 && Number.isSafeInteger(range.length) && range.length >= 0, 'a range has whole numbers')
    this.#assertOpen()
    signal?.throwIfAborted()
    return this.#find(digest).slice(range.offset, range.offset + range.length)
  }

  async *stream(digest: Digest, signal?: AbortSignal): AsyncGenerator<Uint8Array> {
    this.#assertOpen()
    signal?.throwIfAborted()
    const blob = this.#find(digest)
    for (let offset = 0; offset < blob.length; offset += CHUNK_BYTES) {
      signal?.throwIfAborted()
      yield blob.slice(offset, offset + CHUNK_BYTES)
    }
  }

  async create(): Promise<BlobWriter> {
    this.#assertOpen()
    return new MemoryBlobWriter((digest, bytes) => {
      this.#assertOpen()
      this.#blobs.set(digest, bytes)
    })
  }

  async usage(): Promise<BlobUsage> {
    this.#assertOpen()
    const sizes = [...this.#blobs.values()].map((blob) => blob.length)
    return { count: sizes.length, bytes: sizes.reduce((sum, size) => sum + size, 0) }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true
  }

  #assertOpen(): void {
    if (this.#closed) throw storeClosed()
  }

  #find(digest: Digest): Uint8Array {
    const blob = this.#blobs.get(digest)
    if (blob === undefined) throw blobNotFound(digest)
    return blob
  }
}

class MemoryBlobWriter implements BlobWriter {
  readonly #keep: (digest: Digest, bytes: Uint8Array) => void
  #chunks: Uint8Array[] = []
  #sizeBytes = 0
  #ended = false

  constructor(keep: (digest: Digest, bytes: Uint8Array) => void) {
    this.#keep = keep
  }

  get sizeBytes(): number {
    return this.#sizeBytes
  }

  async append(chunk: Uint8Array): Promise<void> {
    assert(!this.#ended, 'this blob has ended')
    this.#chunks.push(chunk.slice())
    this.#sizeBytes += chunk.length
  }

  async seal(expected?: Digest): Promise<Digest> {
    assert(!this.#ended, 'this blob has ended')
    this.#ended = true
    const bytes = Uint8Array.from(Buffer.concat(this.#chunks))
    this.#chunks = []
    const digest = digestOf(bytes)
    if (expected !== undefined && expected !== digest) throw wrongDigest(expected, digest)
    this.#keep(digest, bytes)
    return digest
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ended = true
    this.#chunks = []
  }
}
