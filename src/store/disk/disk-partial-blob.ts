import assert from 'node:assert/strict'
import { constants } from 'node:fs'
import type { FileHandle } from 'node:fs/promises'
import { type Digest, GgenError, isGgenError, type Sha512 } from '#core'
import { blobNotFound, type BlobRange, CoveredRanges, type PartialBlob, wrongDigest, wrongSha512 } from '#store'
import { type FileSystem, NO_FOLLOW, PRIVATE_FILE } from './file-system.ts'
import type { HashThread } from './hash-thread.ts'
import { InOrderHash } from './in-order-hash.ts'
import { readInto, writeFully } from './read-fully.ts'
import { onDisk } from './storage-errors.ts'

/** Where the bytes of a partial blob are, and who is told how it ends. */
export interface DiskPartial {
  readonly path: string
  readonly digest: Digest
  readonly sizeBytes: number
  readonly isResumed: boolean
  /** Hashes what is large. */
  readonly hashThread: HashThread
  /** Throws `cancelled` when the store is closed. */
  assertOpen(): void
  /** Gives a complete and flushed file its name. */
  name(): Promise<void>
  /** Makes the name survive a power failure. */
  flush(): Promise<void>
  /** Removes the file, if there is one. */
  drop(): Promise<void>
  /** Called when nothing is held open any more; false: no file was ever made. */
  closed(hasFile: boolean): void
}

/** So much is flushed at a time while a large blob arrives. */
const FLUSH_BYTES = 64 * 1024 * 1024

/**
 * A file that fills in any order. It is made by the first write, so that a small blob costs what it costs to write it; its length is that of
 * the blob, unless the process was killed while it was made.
 */
export class DiskPartialBlob implements PartialBlob {
  readonly #files: FileSystem
  readonly #partial: DiskPartial
  readonly #claimed: CoveredRanges
  readonly #hash: InOrderHash
  readonly #running = new Set<Promise<unknown>>()
  #file: FileHandle | undefined
  #opening: Promise<FileHandle> | undefined
  #failure: { readonly error: unknown } | undefined
  #isMade = false
  /** Written since the last flush was begun. */
  #looseBytes = 0
  #flushing: Promise<void> | undefined
  #isClosing = false
  #isNamed = false
  #ending: Promise<void> | undefined

  constructor(files: FileSystem, partial: DiskPartial) {
    this.#files = files
    this.#partial = partial
    this.#claimed = new CoveredRanges(partial.sizeBytes)
    const { sizeBytes, path, hashThread } = partial
    this.#hash = new InOrderHash(sizeBytes, {
      readBack: (bytes, offset) => this.#attempt(() => this.#readBack(bytes, offset)),
      job: hashThread.beginFor(path, sizeBytes),
    })
  }

  get digest(): Digest {
    return this.#partial.digest
  }

  get sizeBytes(): number {
    return this.#partial.sizeBytes
  }

  get isResumed(): boolean {
    return this.#partial.isResumed
  }

  async read({ offset, length }: BlobRange): Promise<Uint8Array> {
    this.#partial.assertOpen()
    if (this.#isClosing) throw blobNotFound(this.digest)
    const bytes = new Uint8Array(Math.max(0, Math.min(length, this.sizeBytes - offset)))
    if (this.#opening === undefined && !this.isResumed) return bytes
    await this.#run(() => onDisk(this.#partial.path, async () => readInto(await this.#open(), bytes, offset)))
    return bytes
  }

  async write(offset: number, chunks: readonly Uint8Array[]): Promise<void> {
    this.#assertUsable()
    const length = chunks.reduce((sum, chunk) => sum + chunk.length, 0)
    this.#claimed.add(offset, length)
    if (length === 0) return
    const isWhole = length === this.sizeBytes
    const file = this.#file
    // Called without waiting when the file is open, so that it is written while it is hashed.
    const writing = this.#run(() => this.#attempt(async () => writeFully(file ?? (await this.#open(isWhole)), offset, chunks)))
    this.#hash.take(offset, chunks)
    await writing
    this.#hash.arrived(offset, length)
    this.#flushEarly(length)
  }

  async confirm(offset: number, bytes: Uint8Array): Promise<void> {
    this.#assertUsable()
    this.#claimed.add(offset, bytes.length)
    this.#hash.take(offset, [bytes])
    this.#hash.arrived(offset, bytes.length)
  }

  async seal(sha512?: Sha512): Promise<void> {
    this.#assertUsable()
    assert(this.#hash.isWhole, 'a blob is sealed when all of it is there')
    this.#ending = this.#seal(sha512)
    await this.#ending
  }

  async discard(): Promise<void> {
    if (this.#ending !== undefined) return this.#ended()
    this.#ending = this.#drop()
    await this.#ending
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#ending !== undefined) return this.#ended()
    this.#ending = this.#leave()
    await this.#ending
  }

  /** What failed while it ended was said to whoever ended it. */
  async #ended(): Promise<void> {
    await Promise.allSettled([this.#ending])
  }

  async #seal(sha512: Sha512 | undefined): Promise<void> {
    try {
      // What is hashed last and what is flushed wait for different things. A file that turns out to be wrong was flushed in vain.
      const [actual] = await Promise.all([this.#attempt(() => this.#hash.finish()), this.#attempt(() => this.#flush())])
      if (actual.digest !== this.digest) throw wrongDigest(this.digest, actual.digest)
      if (sha512 !== undefined && actual.sha512 !== sha512) throw wrongSha512(this.digest)
      await this.#attempt(() => this.#publish())
    } catch (error) {
      // What cannot be removed now is found by the next opening, and not trusted.
      await Promise.allSettled([isGgenError(error, 'integrity') ? this.#drop() : this.#leave()])
      throw error
    }
  }

  async #publish(): Promise<void> {
    await this.#close()
    await this.#partial.name()
    this.#isNamed = true
    await this.#partial.flush()
  }

  /** What is flushed while more arrives is not waited for at the seal, which also says what went wrong. */
  #flushEarly(length: number): void {
    this.#looseBytes += length
    if (this.#looseBytes < FLUSH_BYTES || this.#flushing !== undefined || this.#ending !== undefined) return
    this.#looseBytes = 0
    const flushing = Promise.allSettled([this.#run(() => this.#attempt(async () => (await this.#open()).datasync()))])
    this.#flushing = flushing.then(() => {
      this.#flushing = undefined
    })
  }

  async #flush(): Promise<void> {
    const file = await this.#open(true)
    await file.sync()
  }

  async #drop(): Promise<void> {
    try {
      await onDisk(this.#partial.path, () => this.#close())
    } finally {
      await this.#partial.drop()
    }
  }

  /** Leaves the bytes to a later opening. After a failure nothing more is said. */
  async #leave(): Promise<void> {
    const [closing] = await Promise.allSettled([onDisk(this.#partial.path, () => this.#close())])
    if (!this.#isNamed) this.#partial.closed(this.#isMade || this.isResumed)
    if (closing.status === 'rejected' && this.#failure === undefined) throw closing.reason
  }

  /** Waits for what is under way, which says itself what becomes of it. */
  async #close(): Promise<void> {
    this.#isClosing = true
    await Promise.allSettled(this.#running)
    await this.#hash.drop()
    const file = this.#file
    this.#file = undefined
    await file?.close()
  }

  /** Makes the file as long as the blob, unless that is just what is going to be written. */
  async #open(isWholeWrite = false): Promise<FileHandle> {
    this.#opening ??= this.#openFile(isWholeWrite)
    return this.#file ?? (await this.#opening)
  }

  async #openFile(isWholeWrite: boolean): Promise<FileHandle> {
    const { O_RDWR, O_CREAT, O_TRUNC } = constants
    const flags = O_RDWR | O_CREAT | NO_FOLLOW | (this.isResumed ? 0 : O_TRUNC)
    this.#isMade = true
    this.#file = await this.#files.open(this.#partial.path, flags, PRIVATE_FILE)
    if (!this.isResumed && !isWholeWrite) await this.#file.truncate(this.sizeBytes)
    return this.#file
  }

  async #readBack(bytes: Uint8Array, offset: number): Promise<void> {
    const filled = await readInto(await this.#open(), bytes, offset)
    if (filled < bytes.length) throw new GgenError('store-broken', `${this.#partial.path} became shorter while it was written`)
  }

  async #run<T>(work: () => Promise<T>): Promise<T> {
    const running = work()
    this.#running.add(running)
    try {
      return await running
    } finally {
      this.#running.delete(running)
    }
  }

  /** After one failure nobody knows what is in the file: everything fails until it is opened again. */
  async #attempt<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await onDisk(this.#partial.path, work)
    } catch (error) {
      this.#failure ??= { error }
      throw error
    }
  }

  #assertUsable(): void {
    this.#partial.assertOpen()
    assert(this.#ending === undefined, 'this partial blob has ended')
    if (this.#failure !== undefined) throw this.#failure.error
  }
}
