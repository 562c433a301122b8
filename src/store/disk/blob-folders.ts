import { join } from 'node:path'
import type { BlobUsage } from '#store'
import { type FileSystem, flushFolder, makeFolder, PRIVATE_FOLDER } from './file-system.ts'

/** The 256 folders that blobs are spread over: the first two digits of their digests. */
const SHARDS: readonly string[] = Array.from({ length: 256 }, (_, index) => index.toString(16).padStart(2, '0'))
const BLOB_FILE = /^[0-9a-f]{62}$/

/**
 * Prepares the folder of a blob store and removes what a killed process left unfinished. All shards exist and are flushed before the
 * first blob: otherwise one writer could seal a blob in a shard that another writer has made and not flushed yet.
 */
export const openBlobFolders = async (files: FileSystem, folder: string): Promise<void> => {
  const named = join(folder, 'sha256')
  const unnamed = join(folder, 'tmp')
  await makeFolder(files, named)
  await makeFolder(files, unnamed)
  const present = new Set(await files.readdir(named))
  for (const shard of SHARDS) if (!present.has(shard)) await files.mkdir(join(named, shard), { mode: PRIVATE_FOLDER })
  await flushFolder(files, named)
  await flushFolder(files, folder)
  for (const leftover of await files.readdir(unnamed)) await files.unlink(join(unnamed, leftover))
}

/** Counts the blobs and their bytes by looking at every file. */
export const countBlobs = async (files: FileSystem, folder: string): Promise<BlobUsage> => {
  let count = 0
  let bytes = 0
  for (const shard of SHARDS) {
    const path = join(folder, 'sha256', shard)
    const blobs = (await files.readdir(path)).filter((name) => BLOB_FILE.test(name))
    const sizes = await Promise.all(blobs.map(async (name) => (await files.stat(join(path, name))).size))
    count += sizes.length
    bytes += sizes.reduce((sum, size) => sum + size, 0)
  }
  return { count, bytes }
}
