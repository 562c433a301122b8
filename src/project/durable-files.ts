import { type BigIntStats, constants } from 'node:fs'
import { lstat, open, rename } from 'node:fs/promises'
import { dirname } from 'node:path'
import { coded, systemCode } from './file-fault.ts'

/** A file that must not be there yet, and that no link leads to. */
const CREATE_FLAGS = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW

/** Windows has no way to flush a folder; there the file system's own journal has to do. */
const CAN_FLUSH_FOLDERS = process.platform !== 'win32'

/** Makes the names in a folder survive a power failure. Throws `denied` or `store-broken`. */
export const flushFolder = async (folder: string): Promise<void> => {
  if (!CAN_FLUSH_FOLDERS) return
  await coded(folder, async () => {
    await using handle = await open(folder, 'r')
    await handle.sync()
  })
}

/**
 * Writes a new file whose contents survive a power failure; its name does so after `flushFolder`. Throws what `content` throws, `disk-full`,
 * `denied`, and `store-broken`, also where something is there already.
 */
export const writeNewFile = async (path: string, mode: number, content: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<void> => {
  await using file = await coded(path, async () => await open(path, CREATE_FLAGS, mode))
  for await (const chunk of content) {
    for (let start = 0; start < chunk.length; ) {
      const { bytesWritten } = await coded(path, async () => await file.write(chunk, start))
      start += bytesWritten
    }
  }
  await coded(path, async () => await file.sync())
}

/** Renames a file or folder so that it survives a power failure. Throws `path-not-found`, `denied` or `store-broken`. */
export const move = async (from: string, to: string): Promise<void> => {
  await coded(to, async () => await rename(from, to))
  await flushFolder(dirname(to))
  if (dirname(from) !== dirname(to)) await flushFolder(dirname(from))
}

/** Also where a folder on the way is a file. */
const NOTHING: ReadonlySet<string> = new Set(['ENOENT', 'ENOTDIR'])

/** What lies at a path, links not followed; `undefined` where there is nothing. Throws `denied` or `store-broken`. */
export const look = async (path: string): Promise<BigIntStats | undefined> =>
  await coded(path, async () => {
    try {
      return await lstat(path, { bigint: true })
    } catch (error) {
      if (NOTHING.has(systemCode(error))) return undefined
      throw error
    }
  })
