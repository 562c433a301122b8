import { createReadStream } from 'node:fs'
import { lstat, readdir, readFile } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import { readArchive, unsafe } from '#archive'
import { GgenError, isGgenError } from '#core'
import { FOREIGN_LIMITS, type PackCopies, type PackCopy, type PackPart } from '#foreign'
import { onFile } from './file-fault.ts'

export interface PackPlaces {
  /** Of the lock: paths in it begin there. */
  readonly folder: string
  /** Where packs lie by their names, as folders or archives. */
  readonly packs?: string
}

/** Packs on the disk: where the lock says that they are, and in one folder more. */
export const packCopies = ({ folder, packs }: PackPlaces): PackCopies => ({
  find: async ({ name, path }) => {
    const names = [...new Set([name, ...(path === undefined ? [] : [basename(path)])])].filter((one) => /^[A-Za-z0-9][\w.-]*$/.test(one))
    const there = path === undefined ? [] : [resolve(folder, path)]
    const folders = [...there, ...(packs === undefined ? [] : names.map((one) => join(packs, one)))]
    const found: PackCopy[] = []
    for (const one of folders) if (await isFolder(one)) found.push({ path: one, read: (signal) => readFolder(one, signal) })
    if (packs === undefined) return found
    const archives = (await namesIn(packs)).filter((file) => names.some((one) => isArchiveOf(one, file))).sort()
    return [...found, ...archives.map((file): PackCopy => ({ path: join(packs, file), read: (signal) => readPacked(join(packs, file), signal) }))]
  },
})

const isArchiveOf = (name: string, file: string): boolean => file.startsWith(`${name}-`) && /^\d[^/]*\.(?:tgz|tar\.gz)$/.test(file.slice(name.length + 1))

const isFolder = async (path: string): Promise<boolean> => {
  try {
    return (await lstat(path)).isDirectory()
  } catch (error) {
    if (isGgenError(onFile(error, path), 'path-not-found')) return false
    throw onFile(error, path)
  }
}

const namesIn = async (folder: string): Promise<readonly string[]> => {
  try {
    return await readdir(folder)
  } catch (error) {
    throw onFile(error, folder)
  }
}

/** Counts what is read, so that no folder and no archive fills the memory. */
class Parts {
  readonly list: PackPart[] = []
  #bytes = 0

  reserve(sizeBytes: number): void {
    this.#bytes += sizeBytes
    if (this.#bytes <= FOREIGN_LIMITS.packBytes && this.list.length < FOREIGN_LIMITS.packFiles) return
    throw new GgenError('archive-too-large', `a pack to compare has at most ${FOREIGN_LIMITS.packBytes} bytes in ${FOREIGN_LIMITS.packFiles} files`)
  }
}

const readFolder = async (root: string, signal: AbortSignal): Promise<readonly PackPart[]> => {
  const parts = new Parts()
  const walk = async (folder: string): Promise<void> => {
    for (const entry of await readdir(join(root, folder), { withFileTypes: true })) {
      signal.throwIfAborted()
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`
      if (entry.isDirectory()) await walk(path)
      else if (!entry.isFile()) throw unsafe('link', 'is neither a file nor a folder', path)
      else {
        parts.reserve((await lstat(join(root, path))).size)
        parts.list.push({ path, bytes: await readFile(join(root, path)) })
      }
    }
  }
  try {
    await walk('')
  } catch (error) {
    throw onFile(error, root)
  }
  return parts.list
}

const readPacked = async (path: string, signal: AbortSignal): Promise<readonly PackPart[]> => {
  const parts = new Parts()
  try {
    for await (const entry of readArchive(createReadStream(path), { signal })) {
      if (entry.kind !== 'file') continue
      parts.reserve(entry.sizeBytes)
      parts.list.push({ path: entry.path, bytes: Buffer.concat(await Array.fromAsync(entry.content)) })
    }
  } catch (error) {
    throw onFile(error, path)
  }
  return parts.list
}
