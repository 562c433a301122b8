import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { chooseManifest, cleanText, isManifestFile, type Manifest, type ManifestFile } from '#archive'
import { isGgenError, LIMITS, type PackageName } from '#core'
import { noRealPackages, realFolders, SNAPSHOTS } from '#testing'
import { type PackageRecord, packages, RECORDS_END } from './packages.ts'

/** They have one publisher, and no generated package has it. */
const PUBLISHER = -1
const DAY_SECONDS = 86_400
const SINCE = RECORDS_END - 400 * DAY_SECONDS
const TYPICAL_BYTES = 20_000

/** Some of the real folders are no packages by our rules; `src/main/real-packages.test.ts` says which and why. */
const manifestOf = async (folder: string): Promise<Manifest | undefined> => {
  const files = (await readdir(folder)).filter((file): file is ManifestFile => isManifestFile(file))
  const found = await Promise.all(files.map(async (file) => [file, await readFile(join(folder, file))] as const))
  try {
    return chooseManifest(new Map(found))
  } catch (error) {
    if (isGgenError(error)) return undefined
    throw error
  }
}

const recordOf = ({ name, version, scripts, bins, ...manifest }: Manifest, day: number): PackageRecord => {
  const { title, tags, category, license, author } = manifest
  const description = cleanText(manifest.description).replaceAll(/\s+/g, ' ').slice(0, LIMITS.descriptionChars)
  return {
    name, summary: { title, description, tags, category, license, author },
    publisher: PUBLISHER, publisherSince: SINCE, versions: [{ version, at: SINCE + day * DAY_SECONDS }],
    scripts, bins, dependencies: manifest.dependencies.length, sizeBytes: TYPICAL_BYTES,
  }
}

/** What the real ggen packs say of themselves, each name once with what it said last; empty where the data is not at hand. */
export const realPackages = async (): Promise<PackageRecord[]> => {
  if (noRealPackages !== false) return []
  const records = new Map<PackageName, PackageRecord>()
  for (const folder of (await Promise.all(SNAPSHOTS.map(realFolders))).flat()) {
    const manifest = await manifestOf(folder)
    if (manifest !== undefined) records.set(manifest.name, recordOf(manifest, 1 + records.size))
  }
  return [...records.values()]
}

/** `count` packages of which some are the real ones, evenly spread; generated ones keep their index, so they are those of `packages`. */
export function* mixed(real: readonly PackageRecord[], seed: number, count: number): Generator<PackageRecord> {
  const stride = Math.max(2, Math.floor(count / Math.max(1, real.length)))
  let index = 0
  for (const record of packages(seed, count)) {
    yield (index % stride === 1 ? real[Math.floor(index / stride)] : undefined) ?? record
    index += 1
  }
}
