import { closeSync, constants, fsyncSync, openSync } from 'node:fs'
import { lstat, mkdir, open, readdir, rename, statfs, unlink } from 'node:fs/promises'
import { dirname } from 'node:path'

/** The calls through which blobs reach the disk: those of Node, or in a test ones that fail or are written down. */
export interface FileSystem {
  readonly lstat: typeof lstat
  readonly mkdir: typeof mkdir
  readonly open: typeof open
  readonly readdir: typeof readdir
  readonly rename: typeof rename
  readonly statfs: typeof statfs
  readonly unlink: typeof unlink
}

/** The real one. */
export const nodeFileSystem: FileSystem = { lstat, mkdir, open, readdir, rename, statfs, unlink }

/** Readable by the owner alone. */
export const PRIVATE_FOLDER = 0o700
export const PRIVATE_FILE = 0o600

/** A link that somebody planted is not followed. Windows has no such flag, and lets few make links. */
export const NO_FOLLOW = constants.O_NOFOLLOW ?? 0
/** Opens a file for reading, never through a link. */
export const READ_FILE = constants.O_RDONLY | NO_FOLLOW

/** Windows has no way to flush a folder; there the file system's own journal has to do. */
export const CAN_FLUSH_FOLDERS = process.platform !== 'win32'

/** Makes the names in a folder survive a power failure. Throws errors of the file system. */
export const flushFolder = async (files: FileSystem, folder: string): Promise<void> => {
  if (!CAN_FLUSH_FOLDERS) return
  await using handle = await files.open(folder, 'r')
  await handle.sync()
}

/** The same in one go, for callers that cannot wait. */
export const flushFolderNow = (folder: string): void => {
  if (!CAN_FLUSH_FOLDERS) return
  const descriptor = openSync(folder, 'r')
  try {
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}

/** Makes a folder, and those above it, so that they survive a power failure. Fine when it is there. Throws errors of the file system. */
export const makeFolder = async (files: FileSystem, folder: string): Promise<void> => {
  try {
    await files.mkdir(folder, { mode: PRIVATE_FOLDER })
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return
    if (!hasCode(error, 'ENOENT') || dirname(folder) === folder) throw error
    await makeFolder(files, dirname(folder))
    await files.mkdir(folder, { mode: PRIVATE_FOLDER })
  }
  await flushFolder(files, dirname(folder))
}

/** Removes a file, or a link; fine when there is none. Throws errors of the file system. */
export const removeFile = async (files: FileSystem, path: string): Promise<void> => {
  try {
    await files.unlink(path)
  } catch (error) {
    if (!hasCode(error, 'ENOENT')) throw error
  }
}

/** Whether an error is one of the operating system with this code. */
export const hasCode = (error: unknown, code: string): boolean => error instanceof Error && 'code' in error && error.code === code
