import { constants, type Stats } from 'node:fs'
import { type FileHandle, lstat, open, readdir, realpath } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { type FolderTree, type TreeEntry, unsafe } from '#archive'
import { coded, systemCode } from './file-fault.ts'

const CHUNK_BYTES = 256 * 1024
const LOOKS_AT_ONCE = 32

/** Links are refused, and pipes do not block. */
const READ_FLAGS = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK

/** A folder on disk as a tree to pack. The folder itself may be reached through links; nothing in it may. */
export const diskFolder = (root: string): FolderTree => ({
  list: async (path, signal) => {
    const folder = await enter(root, path)
    return await coded(folder, async () => await listFolder(folder, signal))
  },
  open: (path, signal) => readRegularFile(root, path, signal),
})

/** The absolute path of a folder below the root; throws `archive-unsafe` when it, or one on the way, became a link since it was listed. */
async function enter(root: string, path: string): Promise<string> {
  const folder = join(await coded(root, async () => await realpath(root)), path)
  if ((await coded(folder, async () => await realpath(folder))) !== folder) throw unsafe('link', 'is reached through a link', path)
  return folder
}

async function listFolder(folder: string, signal: AbortSignal): Promise<readonly TreeEntry[]> {
  const names = await readdir(folder)
  const entries: TreeEntry[] = []
  for (let start = 0; start < names.length; start += LOOKS_AT_ONCE) {
    signal.throwIfAborted()
    const looks = names.slice(start, start + LOOKS_AT_ONCE).map(async (name) => entryOf(name, await lstat(join(folder, name))))
    entries.push(...(await Promise.all(looks)))
  }
  return entries
}

const entryOf = (name: string, stats: Stats): TreeEntry => ({
  name,
  kind: kindOf(stats),
  sizeBytes: stats.isFile() ? stats.size : 0,
  executable: stats.isFile() && (stats.mode & 0o100) !== 0,
})

const kindOf = (stats: Stats): TreeEntry['kind'] => {
  if (stats.isFile()) return 'file'
  if (stats.isDirectory()) return 'folder'
  return stats.isSymbolicLink() ? 'symlink' : 'other'
}

async function* readRegularFile(root: string, path: string, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  const full = join(await enter(root, dirname(path)), basename(path))
  await using file = await openRegularFile(full, path)
  for (;;) {
    signal.throwIfAborted()
    const { bytesRead, buffer } = await coded(full, async () => await file.read(Buffer.allocUnsafe(CHUNK_BYTES)))
    if (bytesRead === 0) return
    yield buffer.subarray(0, bytesRead)
  }
}

async function openRegularFile(full: string, path: string): Promise<FileHandle> {
  const file = await coded(full, async () => {
    try {
      return await open(full, READ_FLAGS)
    } catch (error) {
      if (systemCode(error) === 'ELOOP') throw unsafe('link', 'is a link', path)
      throw error
    }
  })
  if ((await file.stat()).isFile()) return file
  await file.close()
  throw unsafe('type', 'is not a regular file', path)
}
