import assert from 'node:assert/strict'
import { type Digest, digestOf } from '#core'
import { BlobLedger, type Reservation } from './blob-ledger.ts'
import type { BlobQuota, BlobRange, BlobStore, BlobUsage, BlobWriter, HeldBlob, StreamOptions, SweptBlobs } from './blob-store.ts'
import { chunksOf } from './chunks-of.ts'
import type { Evictable } from './choose-victims.ts'
import { MemoryPartialBlob } from './memory-partial-blob.ts'
import type { PartialBlob } from './partial-blob.ts'
import { blobNotFound, storeClosed, wrongDigest } from './refusals.ts'

/** Blobs that live as long as the process. Indistinguishable from those on disk, apart from being forgotten. */
export const memoryBlobStore = (quota: BlobQuota = {}): BlobStore => new MemoryBlobStore(quota)

/** Who has no clock counts. */
const countingClock = (): { now(): number } => {
  let count = 0
  return { now: () => (count += 1) }
}

class MemoryBlobStore implements BlobStore {
  readonly #blobs = new Map<Digest, Uint8Array>()
  readonly #partials = new Map<Digest, Uint8Array>()
  readonly #ledger: BlobLedger
  #closed = false

  constructor(quota: BlobQuota) {
    const drop = async ({ digest, kind }: Evictable): Promise<void> => void (kind === 'blob' ? this.#blobs : this.#partials).delete(digest)
    const list = async (): Promise<Evictable[]> =>
      [...this.#blobs].map(([digest, { length }]) => ({ digest, kind: 'blob', sizeBytes: length, usedAt: 0 }))
    this.#ledger = new BlobLedger({ list, drop, assertRoom: async () => undefined }, { clock: countingClock(), ...quota })
  }

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

  async *stream(digest: Digest, options: StreamOptions = {}): AsyncGenerator<Uint8Array> {
    this.#assertOpen()
    options.signal?.throwIfAborted()
    const blob = this.#find(digest)
    using _reading = this.#ledger.reading(digest)
    for (const { offset, length } of chunksOf(blob.length, options)) {
      options.signal?.throwIfAborted()
      yield blob.slice(offset, offset + length)
    }
  }

  /** Memory is taken at its word. */
  async confirm(digest: Digest): Promise<boolean> {
    this.#assertOpen()
    return this.#blobs.has(digest)
  }

  /** Nothing is used again here. */
  recycle(): void {}

  async create(): Promise<BlobWriter> {
    this.#assertOpen()
    return new MemoryBlobWriter(this.#ledger.reservation(), (digest, bytes) => {
      this.#assertOpen()
      this.#place(digest, bytes)
    })
  }

  async partial(digest: Digest, sizeBytes: number): Promise<PartialBlob> {
    assert(Number.isSafeInteger(sizeBytes) && sizeBytes >= 0, 'a size is a whole number')
    this.#assertOpen()
    const isResumed = await this.#ledger.openPartial(digest, sizeBytes)
    const bytes = this.#partials.get(digest) ?? new Uint8Array(sizeBytes)
    this.#partials.set(digest, bytes)
    return new MemoryPartialBlob({
      digest, bytes, isResumed, assertOpen: () => this.#assertOpen(), ended: (how) => this.#endPartial(digest, how === 'sealed' ? bytes : undefined, how),
    })
  }

  hasPartial(digest: Digest): boolean {
    this.#assertOpen()
    return this.#ledger.hasPartial(digest)
  }

  async usage(): Promise<BlobUsage> {
    this.#assertOpen()
    return this.#ledger.usage()
  }

  async list(): Promise<readonly HeldBlob[]> {
    this.#assertOpen()
    return this.#ledger.list()
  }

  async sweep(signal?: AbortSignal, only?: (digest: Digest) => boolean): Promise<SweptBlobs> {
    this.#assertOpen()
    return this.#ledger.sweep(signal, only)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true
  }

  #endPartial(digest: Digest, sealed: Uint8Array | undefined, how: 'closed' | 'discarded' | 'sealed'): void {
    if (how === 'closed') {
      this.#ledger.closedPartial(digest)
      return
    }
    this.#partials.delete(digest)
    this.#ledger.endedPartial(digest)
    if (sealed !== undefined) this.#place(digest, sealed)
  }

  #place(digest: Digest, bytes: Uint8Array): void {
    const before = this.#blobs.get(digest)?.length
    this.#blobs.set(digest, bytes)
    this.#ledger.placed({ digest, sizeBytes: bytes.length, before })
  }

  #assertOpen(): void {
    if (this.#closed) throw storeClosed()
  }

  #find(digest: Digest): Uint8Array {
    const blob = this.#blobs.get(digest)
    if (blob === undefined) throw blobNotFound(digest)
    this.#ledger.used(digest)
    return blob
  }
}

class MemoryBlobWriter implements BlobWriter {
  readonly #reserved: Reservation
  readonly #keep: (digest: Digest, bytes: Uint8Array) => void
  #chunks: Uint8Array[] = []
  #sizeBytes = 0
  #ended = false

  constructor(reserved: Reservation, keep: (digest: Digest, bytes: Uint8Array) => void) {
    this.#reserved = reserved
    this.#keep = keep
  }

  get sizeBytes(): number {
    return this.#sizeBytes
  }

  async append(chunk: Uint8Array): Promise<void> {
    assert(!this.#ended, 'this blob has ended')
    const bytes = chunk.slice()
    await this.#reserved.grow(bytes.length)
    this.#chunks.push(bytes)
    this.#sizeBytes += bytes.length
  }

  async seal(expected?: Digest): Promise<Digest> {
    assert(!this.#ended, 'this blob has ended')
    const bytes = Uint8Array.from(Buffer.concat(this.#chunks))
    this.#end()
    const digest = digestOf(bytes)
    if (expected !== undefined && expected !== digest) throw wrongDigest(expected, digest)
    this.#keep(digest, bytes)
    return digest
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#end()
  }

  #end(): void {
    this.#ended = true
    this.#chunks = []
    this.#reserved[Symbol.dispose]()
  }
}
