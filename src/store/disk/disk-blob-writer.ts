import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import type { FileHandle } from 'node:fs/promises'
import { type Digest, digestFromBytes } from '#core'
import { type BlobWriter, wrongDigest } from '#store'
import { type FileSystem, removeFile } from './file-system.ts'
import { onDisk } from './storage-errors.ts'

/** Where the bytes are collected, and who gives them their name when they are complete and on the disk. */
export interface BlobDraft {
  readonly path: string
  readonly file: FileHandle
  /** Sets room aside before it is written. Throws `disk-full`. */
  reserve(bytes: number): Promise<void>
  place(digest: Digest, sizeBytes: number): Promise<void>
  /** Called when the writer holds nothing any more. */
  ended(): void
}

/** Collects a blob in a file without a name; sealing flushes it before it is named. */
export class DiskBlobWriter implements BlobWriter {
  readonly #files: FileSystem
  readonly #draft: BlobDraft
  readonly #hash = createHash('sha256')
  #sizeBytes = 0
  #state: 'open' | 'sealing' | 'ended' = 'open'
  #isWriting = false
  #isPlaced = false
  #sealing: Promise<void> | undefined
  #failure: { readonly error: unknown } | undefined

  constructor(files: FileSystem, draft: BlobDraft) {
    this.#files = files
    this.#draft = draft
  }

  get sizeBytes(): number {
    return this.#sizeBytes
  }

  async append(chunk: Uint8Array): Promise<void> {
    assert(this.#state === 'open' && !this.#isWriting, 'one append at a time, before the seal')
    if (this.#failure !== undefined) throw this.#failure.error
    this.#isWriting = true
    this.#hash.update(chunk)
    this.#sizeBytes += chunk.length
    try {
      await this.#attempt(() => this.#write(chunk))
    } finally {
      this.#isWriting = false
    }
  }

  async seal(expected?: Digest): Promise<Digest> {
    assert(this.#state === 'open' && !this.#isWriting, 'a blob is sealed once, after its last append')
    if (this.#failure !== undefined) throw this.#failure.error
    this.#state = 'sealing'
    const digest = digestFromBytes(this.#hash.digest())
    this.#sealing = this.#attempt(() => this.#publish(digest, expected))
    try {
      await this.#sealing
    } finally {
      await this[Symbol.asyncDispose]()
    }
    return digest
  }

  /** Waits for a seal that is under way. What cannot be removed after a failure is removed when the store is opened the next time. */
  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.allSettled([this.#sealing])
    if (this.#state === 'ended') return
    this.#state = 'ended'
    const [removal] = await Promise.allSettled([this.#isPlaced ? undefined : onDisk(this.#draft.path, () => this.#remove())])
    this.#draft.ended()
    if (removal.status === 'rejected' && this.#failure === undefined) throw removal.reason
  }

  /** Bytes that were refused once leave the file in an unknown state: nothing may be sealed after that. */
  async #attempt(work: () => Promise<void>): Promise<void> {
    try {
      await onDisk(this.#draft.path, work)
    } catch (error) {
      this.#failure = { error }
      throw error
    }
  }

  async #publish(digest: Digest, expected: Digest | undefined): Promise<void> {
    if (expected !== undefined && expected !== digest) throw wrongDigest(expected, digest)
    await this.#draft.file.sync()
    await this.#draft.file.close()
    await this.#draft.place(digest, this.#sizeBytes)
    this.#isPlaced = true
  }

  async #write(chunk: Uint8Array): Promise<void> {
    await this.#draft.reserve(chunk.length)
    for (let written = 0; written < chunk.length; ) {
      const { bytesWritten } = await this.#draft.file.write(chunk, written, chunk.length - written)
      written += bytesWritten
    }
  }

  async #remove(): Promise<void> {
    await this.#draft.file.close()
    await removeFile(this.#files, this.#draft.path)
  }
}
