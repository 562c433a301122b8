import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import type { FileHandle } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { BufferPool, type Digest, digestFromBytes, isGgenError, LIMITS, parseDigest } from '#core'
import {
  BlobLedger, blobNotFound, type BlobQuota, type BlobRange, type BlobStore, type BlobUsage, type BlobWriter, chunksOf, type Evictable, type PartialBlob,
  type HeldBlob, type Reservation, storeClosed, type StreamOptions, type SweptBlobs,
} from '#store'
import { DRAFTS, listBlobs, listPartials, NAMED, openBlobFolders, PARTIALS } from './blob-folders.ts'
import { Confirmations } from './confirmations.ts'
import { DiskBlobWriter } from './disk-blob-writer.ts'
import { DiskPartialBlob } from './disk-partial-blob.ts'
import { HashThread } from './hash-thread.ts'
import { DiskRoom } from './disk-room.ts'
import { type FileSystem, hasCode, nodeFileSystem, PRIVATE_FILE, READ_FILE, removeFile } from './file-system.ts'
import { OpenFolders } from './open-folders.ts'
import { readAhead, readFully, readInto } from './read-fully.ts'
import { onDisk } from './storage-errors.ts'

export interface DiskBlobOptions extends BlobQuota {
  /** What stays free of the disk; absent: `LIMITS.diskReserveBytes`. */
  readonly reserveBytes?: number
  /** Shared with others, who end it; absent: one of its own. */
  readonly hashThread?: HashThread
  /** In place of the real one. */
  readonly fileSystem?: FileSystem
}

/**
 * Blobs in files of a folder, which is made when it is missing: `sha256/ab/cd…` and, unfinished, `partial/…` and `tmp/…`. The caller sees
 * to it that no other process does the same (`lockHome`). Throws `disk-full` or `store-broken`.
 */
export const openDiskBlobs = async (folder: string, options: DiskBlobOptions = {}): Promise<BlobStore> => {
  const files = options.fileSystem ?? nodeFileSystem
  const store = new DiskBlobStore(files, folder, options)
  await onDisk(folder, async () => {
    await openBlobFolders(files, folder)
    store.resume(await listPartials(files, folder))
  })
  store.countAhead()
  return store
}

const systemClock = { now: () => Date.now() }

class DiskBlobStore implements BlobStore {
  readonly #files: FileSystem
  readonly #folder: string
  readonly #ledger: BlobLedger
  readonly #unfinished = new Set<AsyncDisposable>()
  readonly #shards: OpenFolders
  readonly #hashThread: HashThread
  readonly #ownThread: AsyncDisposable | undefined
  readonly #lots = new BufferPool(LIMITS.lotBytes, LIMITS.pooledLots)
  readonly #clock: { now(): number }
  readonly #confirmations = new Confirmations()
  readonly #confirming = new Map<Digest, Promise<boolean>>()
  #counting: Promise<unknown> | undefined
  #closed = false

  constructor(files: FileSystem, folder: string, options: DiskBlobOptions) {
    this.#files = files
    this.#folder = folder
    this.#shards = new OpenFolders(files)
    this.#hashThread = options.hashThread ?? new HashThread()
    this.#ownThread = options.hashThread === undefined ? this.#hashThread : undefined
    const clock = options.clock ?? systemClock
    this.#clock = clock
    const { reserveBytes } = options
    const room = new DiskRoom(files, { folder, clock, ...(reserveBytes === undefined ? {} : { reserveBytes }) })
    this.#ledger = new BlobLedger({
      list: () => onDisk(folder, () => listBlobs(files, folder, () => this.#assertOpen())),
      drop: async ({ kind, digest }) => {
        if (kind === 'blob') this.#confirmations.forget(digest)
        await this.#unlink(kind === 'blob' ? this.#pathOf(digest) : this.#partialPathOf(digest))
      },
      assertRoom: (bytes) => room.assertRoom(bytes),
    }, { ...options, clock })
  }

  /** Takes note of what an earlier process left. */
  resume(partials: readonly Evictable[]): void {
    for (const { digest, sizeBytes, usedAt } of partials) this.#ledger.foundPartial(digest, sizeBytes, usedAt)
  }

  /** Counts what is held, so that the first blob need not wait for it. Whoever needs the count hears what goes wrong. */
  countAhead(): void {
    this.#counting = Promise.allSettled([this.#ledger.usage()])
  }

  async size(digest: Digest): Promise<number | undefined> {
    this.#assertOpen()
    const path = this.#pathOf(digest)
    return onDisk(path, () => this.#sizeAt(path))
  }

  async read(digest: Digest, range: BlobRange, signal?: AbortSignal): Promise<Uint8Array> {
    const { offset, length } = range
    assert(Number.isSafeInteger(offset) && offset >= 0 && Number.isSafeInteger(length) && length >= 0, 'a range has whole numbers')
    this.#assertOpen()
    signal?.throwIfAborted()
    return onDisk(this.#pathOf(digest), async () => {
      using _reading = this.#ledger.reading(digest)
      await using file = await this.#openFile(digest)
      const end = length <= LIMITS.blobRangeBytes ? offset + length : Math.min(offset + length, (await file.stat()).size)
      const [bytes] = await Promise.all([readFully(file, { offset, length: Math.max(0, end - offset) }), this.#noteUse(digest, file)])
      signal?.throwIfAborted()
      return bytes
    })
  }

  async *stream(digest: Digest, options: StreamOptions = {}): AsyncGenerator<Uint8Array> {
    this.#assertOpen()
    options.signal?.throwIfAborted()
    const path = this.#pathOf(digest)
    using _reading = this.#ledger.reading(digest)
    await using file = await onDisk(path, () => this.#openFile(digest))
    await this.#noteUse(digest, file)
    const { size } = await onDisk(path, () => file.stat())
    const read = ({ offset, length }: BlobRange): Promise<Uint8Array> =>
      onDisk(path, async () => {
        const bytes = this.#lots.take(length)
        return bytes.subarray(0, await readInto(file, bytes, offset))
      })
    yield* readAhead(chunksOf(size, options), read, options.signal)
  }

  async confirm(digest: Digest, how?: 'anew'): Promise<boolean> {
    this.#assertOpen()
    if (how !== 'anew' && this.#confirmations.covers(digest, this.#clock.now())) return true
    const confirming = this.#confirming.get(digest) ?? this.#hashAgain(digest).finally(() => this.#confirming.delete(digest))
    this.#confirming.set(digest, confirming)
    return await confirming
  }

  async #hashAgain(digest: Digest): Promise<boolean> {
    this.#confirmations.forget(digest)
    const hash = createHash('sha256')
    try {
      for await (const chunk of this.stream(digest)) {
        this.#assertOpen()
        hash.update(chunk)
        this.recycle(chunk)
      }
    } catch (error) {
      if (isGgenError(error, 'blob-not-found')) return false
      throw error
    }
    if (digestFromBytes(hash.digest()) === digest) {
      this.#confirmations.note(digest, this.#clock.now())
      return true
    }
    // Whoever wrote it anew meanwhile has confirmed it.
    const isRight = (): boolean => this.#confirmations.covers(digest, this.#clock.now())
    await this.#ledger.discard(digest, async () => (isRight() ? undefined : await this.size(digest)))
    return isRight()
  }

  recycle(chunk: Uint8Array): void {
    this.#lots.give(chunk)
  }

  async create(): Promise<BlobWriter> {
    this.#assertOpen()
    const path = join(this.#folder, DRAFTS, randomBytes(16).toString('hex'))
    const file = await onDisk(path, () => this.#files.open(path, 'wx', PRIVATE_FILE))
    const reserved = this.#ledger.reservation()
    const writer: DiskBlobWriter = new DiskBlobWriter(this.#files, {
      path, file, reserve: (bytes) => reserved.grow(bytes),
      place: (digest, sizeBytes) => this.#place(path, { digest, sizeBytes, reserved }),
      ended: () => {
        this.#unfinished.delete(writer)
        reserved[Symbol.dispose]()
      },
    })
    this.#unfinished.add(writer)
    return writer
  }

  async partial(digest: Digest, sizeBytes: number): Promise<PartialBlob> {
    assert(Number.isSafeInteger(sizeBytes) && sizeBytes >= 0, 'a size is a whole number')
    this.#assertOpen()
    const path = this.#partialPathOf(digest)
    const isResumed = await this.#ledger.openPartial(digest, sizeBytes)
    const partial: DiskPartialBlob = new DiskPartialBlob(this.#files, {
      path, digest, sizeBytes, isResumed, hashThread: this.#hashThread, assertOpen: () => this.#assertOpen(),
      name: async () => {
        await this.#name(path, { digest, sizeBytes }, () => this.#ledger.endedPartial(digest))
        this.#unfinished.delete(partial)
      },
      flush: () => this.#shards.flush(dirname(this.#pathOf(digest))),
      drop: async () => {
        this.#unfinished.delete(partial)
        await this.#ledger.discardPartial(digest)
      },
      closed: (hasFile) => {
        this.#unfinished.delete(partial)
        if (hasFile) this.#ledger.closedPartial(digest)
        else this.#ledger.endedPartial(digest)
      },
    })
    this.#unfinished.add(partial)
    return partial
  }

  hasPartial(digest: Digest): boolean {
    this.#assertOpen()
    return this.#ledger.hasPartial(digest)
  }

  async usage(): Promise<BlobUsage> {
    return this.#openLedger.usage()
  }

  async list(): Promise<readonly HeldBlob[]> {
    return this.#openLedger.list()
  }

  async sweep(signal?: AbortSignal, only?: (digest: Digest) => boolean): Promise<SweptBlobs> {
    return this.#openLedger.sweep(signal, only)
  }

  /** Drops what was not sealed, apart from partial blobs. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true
    for (const unfinished of this.#unfinished) await unfinished[Symbol.asyncDispose]()
    await this.#ownThread?.[Symbol.asyncDispose]()
    await this.#counting
    await this.#shards[Symbol.asyncDispose]()
  }

  async #place(from: string, { reserved, ...blob }: { readonly digest: Digest; readonly sizeBytes: number; readonly reserved: Reservation }): Promise<void> {
    await this.#name(from, blob, () => reserved[Symbol.dispose]())
    await this.#shards.flush(dirname(this.#pathOf(blob.digest)))
  }

  /**
   * Renames even when the blob is held: it may have been damaged since, and whoever named it may not have flushed the folder yet.
   * `release` gives back the room that it had set aside, in the moment in which it counts as held.
   */
  async #name(from: string, { digest, sizeBytes }: { readonly digest: Digest; readonly sizeBytes: number }, release: () => void): Promise<void> {
    const to = this.#pathOf(digest)
    await this.#ledger.exclusively(async () => {
      this.#assertOpen()
      const before = await this.#sizeAt(to)
      await this.#files.rename(from, to)
      release()
      this.#ledger.placed({ digest, sizeBytes, before })
      this.#confirmations.note(digest, this.#clock.now())
    })
  }

  async #unlink(path: string): Promise<void> {
    await onDisk(path, () => removeFile(this.#files, path))
  }

  /** A blob whose use cannot be written down is only dropped earlier. */
  async #noteUse(digest: Digest, file: FileHandle): Promise<void> {
    const usedAt = this.#ledger.used(digest)
    if (usedAt !== undefined) await Promise.allSettled([file.utimes(usedAt / 1000, usedAt / 1000)])
  }

  async #openFile(digest: Digest): Promise<FileHandle> {
    try {
      return await this.#files.open(this.#pathOf(digest), READ_FILE)
    } catch (error) {
      throw hasCode(error, 'ENOENT') || hasCode(error, 'ELOOP') ? blobNotFound(digest) : error
    }
  }

  async #sizeAt(path: string): Promise<number | undefined> {
    try {
      const stats = await this.#files.lstat(path)
      return stats.isFile() ? stats.size : undefined
    } catch (error) {
      if (hasCode(error, 'ENOENT')) return undefined
      throw error
    }
  }

  #pathOf(digest: Digest): string {
    const hex = parseDigest(digest).slice('sha256:'.length)
    return join(this.#folder, NAMED, hex.slice(0, 2), hex.slice(2))
  }

  #partialPathOf(digest: Digest): string {
    return join(this.#folder, PARTIALS, parseDigest(digest).slice('sha256:'.length))
  }

  get #openLedger(): BlobLedger {
    this.#assertOpen()
    return this.#ledger
  }

  #assertOpen(): void {
    if (this.#closed) throw storeClosed()
  }
}
