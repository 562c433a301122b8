import { open, readdir, realpath, stat } from 'node:fs/promises'
import { basename, dirname, join, sep } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { GgenError, isGgenError, type PackageName } from '#core'
import { FOREIGN_LIMITS, type ForeignSource, type ForeignVersion, type FoundIndex, homeOf, indexPlaces, isIndexFile } from '#foreign'
import { onFile } from './file-fault.ts'
import { readingFile } from './reading-file.ts'

/** Beside the index, or one folder below. */
const SHELVES = ['', 'archives', 'packs', 'packages', 'dist'] as const

/** An index in a folder with its archives beside it, as somebody brought them. Nothing of it leads to the network. */
export const folderSource = (address: URL): ForeignSource => {
  const path = fileURLToPath(address)
  const folder = isIndexFile(address) ? dirname(path) : path
  let shelves: Promise<ReadonlyMap<string, string>> | undefined
  return {
    home: homeOf(address),
    shownAs: `folder:${encodeURI(isIndexFile(address) && basename(path) !== 'index.json' ? `${basename(folder)}/${basename(path)}` : basename(folder))}`,
    recall: () => readIndex(address),
    readIndex: () => readIndex(address),
    openArchive: async (name, version, signal) => {
      const found = pick(await (shelves ??= listArchives(folder)), name, version) ?? (await named(folder, version))
      if (found === undefined) throw new GgenError('blob-not-found', `there is no archive of ${name}@${version.version} in ${folder}`)
      return readingFile(found, signal)
    },
  }
}

const readIndex = async (address: URL): Promise<FoundIndex> => {
  let absent: unknown
  for (const place of indexPlaces(address)) {
    try {
      return { bytes: await readSmall(fileURLToPath(place)), at: place }
    } catch (error) {
      if (!isGgenError(error, 'path-not-found')) throw error
      absent ??= error
    }
  }
  throw absent
}

const readSmall = async (path: string): Promise<Uint8Array> => {
  try {
    await using file = await open(path, 'r')
    const stats = await file.stat()
    if (!stats.isFile()) throw new GgenError('path-not-found', `${path} is not a file`)
    if (stats.size > FOREIGN_LIMITS.indexBytes) throw new GgenError('index-invalid', `${path} is larger than ${FOREIGN_LIMITS.indexBytes} bytes`)
    return Uint8Array.from(await file.readFile())
  } catch (error) {
    throw onFile(error, path)
  }
}

/** Every archive that lies beside the index, by the name of its file. */
const listArchives = async (folder: string): Promise<ReadonlyMap<string, string>> => {
  const found = new Map<string, string>()
  for (const shelf of SHELVES) {
    const place = join(folder, shelf)
    for (const file of await filesIn(place)) {
      if (/\.(?:tgz|tar\.gz)$/.test(file) && !found.has(file)) found.set(file, join(place, file))
      if (found.size > FOREIGN_LIMITS.folderFiles) throw new GgenError('usage', `${folder} holds more than ${FOREIGN_LIMITS.folderFiles} archives`)
    }
  }
  return found
}

const filesIn = async (folder: string): Promise<readonly string[]> => {
  try {
    return await readdir(folder)
  } catch (error) {
    const fault = onFile(error, folder)
    if (isGgenError(fault, 'path-not-found')) return []
    throw fault
  }
}

/** One that is called by its digest comes first: then no other can be meant. */
const pick = (archives: ReadonlyMap<string, string>, name: PackageName, { version, digest, address }: ForeignVersion): string | undefined => {
  const stem = `${name.replace(/^@/, '').replaceAll('/', '-')}-${version}`
  const hex = digest?.slice('sha256:'.length) ?? ''
  const last = address === undefined ? [] : [basename(new URL(address).pathname)]
  const stems = [`${stem}--${hex.slice(0, 12)}`, hex, `sha256-${hex}`, stem]
  const files = stems.flatMap((one) => [`${one}.tar.gz`, `${one}.tgz`])
  return [...files, ...last].map((file) => archives.get(file)).find((path) => path !== undefined)
}

/** The very file that the index names, where it is below the folder, links followed. */
const named = async (folder: string, { address }: ForeignVersion): Promise<string | undefined> => {
  if (address === undefined || !address.startsWith('file:')) return undefined
  try {
    const [root, path] = await Promise.all([realpath(folder), realpath(fileURLToPath(address))])
    return path.startsWith(root + sep) && (await stat(path)).isFile() ? path : undefined
  } catch (error) {
    if (isGgenError(onFile(error, address), 'path-not-found')) return undefined
    throw onFile(error, address)
  }
}

/** The path of a folder or file as an address. */
export const fileAddress = (path: string): URL => pathToFileURL(path)
