import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'

/** Real packages of the ggen community, where the data folder is at hand; `GGEN_DATA` names another one. */
const DATA = process.env['GGEN_DATA'] ?? resolve(import.meta.dirname, '..', '..', '..', 'shared', 'data', 'ggen')

/** The reason to skip, for `test(name, { skip })`; false where the data is there. */
export const noRealPackages: string | false = existsSync(DATA) ? false : `no real packages at hand (${DATA}); set GGEN_DATA`

/** Absolute paths of the real archives, sorted. */
export const realArchives = async (): Promise<string[]> => {
  const folder = join(DATA, 'catalog-v2', 'archives')
  return (await readdir(folder)).sort().map((file) => join(folder, file))
}

/** The two states of the older marketplace. */
export const SNAPSHOTS = ['2025-11-15-d8c92fd0', '2026-06-17-b0962a68'] as const
export type Snapshot = (typeof SNAPSHOTS)[number]

/** Absolute paths of the package folders of one state, sorted. */
export const realFolders = async (snapshot: Snapshot): Promise<string[]> => {
  const folder = join(DATA, 'packages', snapshot)
  const entries = await readdir(folder, { withFileTypes: true })
  return entries.filter((entry) => entry.isDirectory()).map((entry) => join(folder, entry.name)).sort()
}

export interface MarketplaceIndex {
  readonly packages: readonly { readonly name: string; readonly tags: readonly string[]; readonly keywords?: readonly string[] }[]
  /** Term → names, as the marketplace's own generator made it. */
  readonly search_index: Readonly<Record<string, readonly string[]>>
}

/** The index that belongs to one state. */
export const marketplaceIndex = async (snapshot: Snapshot): Promise<MarketplaceIndex> =>
  JSON.parse(await readFile(join(DATA, 'index', 'marketplace-registry', `${snapshot}-index.json`), 'utf8')) as MarketplaceIndex

/** Versions whose content changed without a new version, in the history of the real marketplace. */
export const republishedVersions = async (): Promise<{ readonly name: string; readonly version: string }[]> => {
  const file = join(DATA, 'catalog-v2', 'same-version-different-content.json')
  return (JSON.parse(await readFile(file, 'utf8')) as { pairs: { name: string; version: string }[] }).pairs
}

/** A file of the data folder, by its path in it. */
export const realFile = (path: string): string => join(DATA, path)

/** The catalogues of three moments of the real marketplace, in their order. */
export const CATALOGUES = ['v26.8.9', 'v26.8.10', 'main-3cc10e50'] as const

/** The path of one of them. */
export const realCatalogue = (moment: (typeof CATALOGUES)[number]): string => join(DATA, 'catalog-v2', `${moment}.hosts-removed.json`)

/** Absolute paths of every index of the real history. */
export const realIndexes = async (): Promise<string[]> => {
  const files = JSON.parse(await readFile(join(DATA, 'index', 'index-files.json'), 'utf8')) as { readonly file: string }[]
  return files.map(({ file }) => join(DATA, file)).sort()
}
