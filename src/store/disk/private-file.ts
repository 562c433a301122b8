import { open, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { GgenError } from '#core'
import { flushFolder, hasCode, nodeFileSystem, PRIVATE_FILE } from './file-system.ts'
import { onDisk } from './storage-errors.ts'

/**
 * Writes a file that a user named and that nobody else may read. Durable when it resolves; when it fails, no part of it stays. Throws
 * `conflict` when there is something already, `path-not-found` without the folder, `disk-full`, `store-broken`.
 */
export const createPrivateFile = (path: string, bytes: Uint8Array): Promise<void> =>
  streamPrivateFile(path, (async function* () {
    yield bytes
  })())

/** The same of bytes as they come. Throws what they throw, too. */
export const streamPrivateFile = (path: string, chunks: AsyncIterable<Uint8Array>): Promise<void> =>
  onDisk(path, async () => {
    const file = await openNew(path)
    try {
      await using _closing = file
      for await (const chunk of chunks) await file.writeFile(chunk)
      await file.sync()
    } catch (error) {
      await rm(path, { force: true })
      throw error
    }
    await flushFolder(nodeFileSystem, dirname(path))
  })

/** Reads a file that a user named. Throws `path-not-found`, `usage` for what is no file or larger than that, `store-broken`. */
export const readPrivateFile = (path: string, mostBytes: number): Promise<Uint8Array> =>
  onDisk(path, async () => {
    try {
      await using file = await open(path, 'r')
      const stats = await file.stat()
      if (!stats.isFile() || stats.size > mostBytes) throw notSuch(path)
      return Uint8Array.from(await file.readFile())
    } catch (error) {
      throw hasCode(error, 'ENOENT') ? notFound(path) : error
    }
  })

/** The bytes of a file that a user named, in order. Throws as `readPrivateFile`, and the reason of an aborted signal. */
export async function* readStreamed(path: string, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  await using file = await onDisk(path, () => openNamed(path))
  for (;;) {
    signal.throwIfAborted()
    const { bytesRead, buffer } = await onDisk(path, () => file.read(Buffer.allocUnsafe(CHUNK_BYTES), 0, CHUNK_BYTES))
    if (bytesRead === 0) return
    yield buffer.subarray(0, bytesRead)
  }
}

const CHUNK_BYTES = 256 * 1024

const openNamed = async (path: string): ReturnType<typeof open> => {
  try {
    await using opened = new AsyncDisposableStack()
    const file = opened.use(await open(path, 'r'))
    if (!(await file.stat()).isFile()) throw notSuch(path)
    opened.move()
    return file
  } catch (error) {
    throw hasCode(error, 'ENOENT') ? notFound(path) : error
  }
}

const notSuch = (path: string): GgenError => new GgenError('usage', `${path} is not such a file`, { hint: 'give the path of another file' })

const openNew = async (path: string): ReturnType<typeof open> => {
  try {
    return await open(path, 'wx', PRIVATE_FILE)
  } catch (error) {
    if (hasCode(error, 'ENOENT')) throw notFound(dirname(path))
    if (!hasCode(error, 'EEXIST')) throw error
    throw new GgenError('conflict', `there is something already: ${path}`, { hint: 'give a path where nothing is', details: { path } })
  }
}

const notFound = (path: string): GgenError => new GgenError('path-not-found', `there is no ${path}`)
