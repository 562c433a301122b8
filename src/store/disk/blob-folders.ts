import { join } from 'node:path'
import { parseDigest } from '#core'
import type { Evictable } from '#store'
import { type FileSystem, flushFolder, makeFolder, PRIVATE_FOLDER } from './file-system.ts'

/** The 256 folders that blobs are spread over: the first two digits of their digests. */
const SHARDS: readonly string[] = Array.from({ length: 256 }, (_, index) => index.toString(16).padStart(2, '0'))
const SHARDS_AT_ONCE = 16
const BLOB_FILE = /^[0-9a-f]{62}$/
const PARTIAL_FILE = /^[0-9a-f]{64}$/

/** Folders of a blob store: blobs under their names, unsealed ones that nobody can find again, and those that a later try goes on with. */
export const NAMED = 'sha256'
export const DRAFTS = 'tmp'
export const PARTIALS = 'partial'

/**
 * Prepares the folder of a blob store and removes what a killed process left unfinished. All shards exist and are flushed before the
 * first blob: otherwise one writer could seal a blob in a shard that another writer has made and not flushed yet.
 */
export const openBlobFolders = async (files: FileSystem, folder: string): Promise<void> => {
  const named = join(folder, NAMED)
  const unnamed = join(folder, DRAFTS)
  for (const path of [named, unnamed, join(folder, PARTIALS)]) await makeFolder(files, path)
  const present = new Set(await files.readdir(named))
  for (const shard of SHARDS) if (!present.has(shard)) await files.mkdir(join(named, shard), { mode: PRIVATE_FOLDER })
  await flushFolder(files, named)
  await flushFolder(files, folder)
  for (const leftover of await files.readdir(unnamed)) await files.unlink(join(unnamed, leftover))
}

/** Finds all blobs by looking at every file, in some shards at a time; `goOn` throws to end it. */
export const listBlobs = async (files: FileSystem, folder: string, goOn: () => void): Promise<Evictable[]> => {
  const blobs: Evictable[] = []
  for (let next = 0; next < SHARDS.length; next += SHARDS_AT_ONCE) {
    goOn()
    const listed = await Promise.all(SHARDS.slice(next, next + SHARDS_AT_ONCE).map((shard) => listShard(files, folder, shard)))
    for (const shard of listed) for (const blob of shard) blobs.push(blob)
  }
  return blobs
}

const listShard = async (files: FileSystem, folder: string, shard: string): Promise<Evictable[]> => {
  const path = join(folder, NAMED, shard)
  const names = (await files.readdir(path)).filter((name) => BLOB_FILE.test(name))
  const described = await Promise.all(names.map((name) => describe(files, join(path, name), `${shard}${name}`)))
  return described.flatMap((blob) => (blob === undefined ? [] : { ...blob, kind: 'blob' }))
}

/** Finds what interrupted tries left, and removes what none of them can have left. */
export const listPartials = async (files: FileSystem, folder: string): Promise<Evictable[]> => {
  const path = join(folder, PARTIALS)
  const names = (await files.readdir(path)).filter((name) => PARTIAL_FILE.test(name))
  const partials: Evictable[] = []
  for (const name of names) {
    const partial = await describe(files, join(path, name), name)
    if (partial === undefined) await files.unlink(join(path, name))
    else partials.push({ ...partial, kind: 'partial' })
  }
  return partials
}

/** Nothing for what is no file, such as a link: no blob of ours. */
const describe = async (files: FileSystem, path: string, hex: string): Promise<Omit<Evictable, 'kind'> | undefined> => {
  const stats = await files.lstat(path)
  if (!stats.isFile()) return undefined
  const { size, mtimeMs } = stats
  return { digest: parseDigest(`sha256:${hex}`), sizeBytes: size, usedAt: Math.trunc(mtimeMs) }
}
