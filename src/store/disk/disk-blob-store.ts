import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import type { FileHandle } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { type Digest, parseDigest } from '#core'
import { blobNotFound, type BlobRange, type BlobStore, type BlobUsage, type BlobWriter, oneAtATime, storeClosed, type StreamOptions } from '#store'
import { countBlobs, openBlobFolders } from './blob-folders.ts'
import { DiskBlobWriter } from './disk-blob-writer.ts'
import { type FileSystem, flushFolder, hasCode, nodeFileSystem, PRIVATE_FILE } from './file-system.ts'
import { onDisk } from './storage-errors.ts'

export interface DiskBlobOptions {
  /** In place of the real one. */
  readonly fileSystem?: FileSystem
}

/**
 * Blobs in files of a folder, which is made when it is missing: `sha256/ab/cd…` and, unfinished, `tmp/…`. The caller sees to it that no
 * other process does the same (`lockHome`). Throws `disk-full` or `store-broken`.
 */
export const openDiskBlobs = async (folder: string, options: DiskBlobOptions = {}): Promise<BlobStore> => {
  const files = options.fileSystem ?? nodeFileSystem
  await onDisk(folder, () => openBlobFolders(files, folder))
  return new DiskBlobStore(files, folder)
}

const CHUNK_BYTES = 1024 * 1024

class DiskBlobStore implements BlobStore {
  readonly #files: FileSystem
  readonly #folder: string
  readonly #placing = oneAtATime()
  readonly #writers = new Set<DiskBlobWriter>()
  #usage: BlobUsage | undefined
  #closed = false

  constructor(files: FileSystem, folder: string) {
    this.#files = files
    this.#folder = folder
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
      await using file = await this.#openBlob(digest)
      const { size } = await file.stat()
      const bytes = await readFully(file, { offset, length: Math.max(0, Math.min(length, size - offset)) })
      signal?.throwIfAborted()
      return bytes
    })
  }

  async *stream(digest: Digest, { signal }: StreamOptions = {}): AsyncGenerator<Uint8Array> {
    this.#assertOpen()
    signal?.throwIfAborted()
    const path = this.#pathOf(digest)
    await using file = await onDisk(path, () => this.#openBlob(digest))
    const { size } = await onDisk(path, () => file.stat())
    for (let offset = 0; offset < size; offset += CHUNK_BYTES) {
      signal?.throwIfAborted()
      yield await onDisk(path, () => readFully(file, { offset, length: Math.min(CHUNK_BYTES, size - offset) }))
    }
  }

  async create(): Promise<BlobWriter> {
    this.#assertOpen()
    const path = join(this.#folder, 'tmp', randomBytes(16).toString('hex'))
    const file = await onDisk(path, () => this.#files.open(path, 'wx', PRIVATE_FILE))
    const writer: DiskBlobWriter = new DiskBlobWriter(this.#files, {
      path,
      file,
      place: (digest, sizeBytes) => this.#place(path, this.#pathOf(digest), sizeBytes),
      ended: () => this.#writers.delete(writer),
    })
    this.#writers.add(writer)
    return writer
  }

  async usage(): Promise<BlobUsage> {
    this.#assertOpen()
    return onDisk(this.#folder, () =>
      this.#placing(async () => {
        this.#usage ??= await countBlobs(this.#files, this.#folder)
        return this.#usage
      }),
    )
  }

  /** Drops what was not sealed. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true
    for (const writer of this.#writers) await writer[Symbol.asyncDispose]()
  }

  /**
   * Renames even when the blob is held: it may have been damaged since, and whoever named it may not have flushed the folder yet.
   */
  async #place(from: string, to: string, sizeBytes: number): Promise<void> {
    await this.#placing(async () => {
      this.#assertOpen()
      const before = await this.#sizeAt(to)
      await this.#files.rename(from, to)
      const { count, bytes } = this.#usage ?? { count: 0, bytes: 0 }
      if (this.#usage !== undefined) this.#usage = { count: count + Number(before === undefined), bytes: bytes + sizeBytes - (before ?? 0) }
    })
    await flushFolder(this.#files, dirname(to))
  }

  async #openBlob(digest: Digest): Promise<FileHandle> {
    try {
      return await this.#files.open(this.#pathOf(digest), 'r')
    } catch (error) {
      throw hasCode(error, 'ENOENT') ? blobNotFound(digest) : error
    }
  }

  async #sizeAt(path: string): Promise<number | undefined> {
    try {
      return (await this.#files.stat(path)).size
    } catch (error) {
      if (hasCode(error, 'ENOENT')) return undefined
      throw error
    }
  }

  #pathOf(digest: Digest): string {
    const hex = parseDigest(digest).slice('sha256:'.length)
    return join(this.#folder, 'sha256', hex.slice(0, 2), hex.slice(2))
  }

  #assertOpen(): void {
    if (this.#closed) throw storeClosed()
  }
}

/** Reads on until the range is complete or the file ends: one call may give less. */
const readFully = async (file: FileHandle, { offset, length }: BlobRange): Promise<Uint8Array> => {
  const bytes = new Uint8Array(length)
  let filled = 0
  while (filled < length) {
    const { bytesRead } = await file.read(bytes, filled, length - filled, offset + filled)
    if (bytesRead === 0) break
    filled += bytesRead
  }
  return filled === length ? bytes : bytes.slice(0, filled)
}
