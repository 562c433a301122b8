import { readPackageJson } from '#archive'
import { type Digest, digestOf, type GgenError, isGgenError, type IdentityId, type PackageName, toGgenError, type Version } from '#core'
import { TarballHasher } from '#depot'
import { type MadeVersion, type NpmName, parseIntegrity, parseRegistryKeys, writeRegistryKeys } from '#npm'
import type { BlobStore } from '#store'
import { brokenBundle, type BundleContents, type BundledVersion, filesOf, packagesOf } from './bundle-contents.ts'
import { BUNDLE_LIMITS } from './bundle-limits.ts'
import type { BundleParts } from './bundle-parts.ts'
import { type JudgedRegistry, judgeVersions } from './judge-versions.ts'
import type { LeftPackage } from './make-bundle.ts'
import { type ArrivingFile, BundleReader } from './read-bundle.ts'
import { unpackRecords } from './records.ts'

/** A bundle, and what the user says of it. */
export interface ArrivingBundle {
  readonly chunks: AsyncIterable<Uint8Array>
  /** Registries of which nothing is known are known by the keys in the bundle from now on. */
  readonly trustKeys: boolean
}

/** What came of a bundle. */
export interface TakenBundle {
  /** Unix milliseconds, clock of whoever made it. */
  readonly madeAtMs: number
  readonly registries: readonly (JudgedRegistry & {
    /** Of its versions, those that count here now. */
    readonly versions: number
    /** The registry that this machine asks for some of its names; absent: this very one. */
    readonly asked?: string
  })[]
  /** Releases of the network that were verified. */
  readonly releases: readonly { readonly name: PackageName; readonly version: Version; readonly identity?: IdentityId }[]
  /** Packages for which nothing speaks here, and why: nobody gets them by their names. */
  readonly left: readonly LeftPackage[]
  /** Packages of npm registries whose archives npm installs by a lock file alone: no document could be made of them. */
  readonly undocumented: readonly LeftPackage[]
  /** Of all archives. */
  readonly sizeBytes: number
}

/** The hashes of an archive that is in the store, and what its name says. */
interface StoredArchive {
  readonly sha512: ReturnType<TarballHasher['finish']>['sha512']
  readonly sha1: string
  readonly sizeBytes: number
}

/**
 * Takes in a bundle without asking anybody. Archives go into the store as they come; what they are is remembered when the whole file was right and every
 * version is signed as it is. Throws `bundle-broken`, which names what is wrong or missing, `keys-unknown`, `downgrade`, and what the store throws.
 */
export const takeBundle = async (parts: BundleParts, { chunks, trustKeys }: ArrivingBundle, signal: AbortSignal): Promise<TakenBundle> => {
  await using reader = await BundleReader.open(chunks, signal)
  const { contents } = reader
  const judged = judgeVersions(contents, parts.packages, { trustKeys })
  const { archives, records } = await storeAll(parts.blobs, reader, signal)
  for (const { source, keys } of judged.registries) {
    const shown = contents.registries.find((one) => one.source === source)?.keys
    if (keys === 'taken' && shown !== undefined) parts.packages.believeKeys(source, writeRegistryKeys(parseRegistryKeys(shown)))
  }
  noteArchives(parts, { contents, archives, proven: judged.proven })
  const { undocumented } = await makeDocuments(parts, { contents, proven: judged.proven }, signal)
  const { releases, left } = await takeReleases(parts, { contents, records }, signal)
  return {
    madeAtMs: contents.madeAtMs,
    registries: judged.registries.map((one) => describeRegistry(parts, one, judged.proven)),
    releases,
    left: [...judged.unproven.map(({ version: { name, version }, code, why }) => ({ name, version, code, why })), ...left],
    undocumented,
    sizeBytes: [...archives.values()].reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
  }
}

/** Reads the bundle to its end. Throws `bundle-broken` for whatever is not as it should be, with the names of all that is wrong. */
const storeAll = async (
  blobs: BlobStore, reader: BundleReader, signal: AbortSignal,
): Promise<{ readonly archives: ReadonlyMap<Digest, StoredArchive>; readonly records: ReadonlyMap<Digest, Uint8Array> }> => {
  const { contents } = reader
  const [archives, records] = [new Map<Digest, StoredArchive>(), new Map<Digest, Uint8Array>()]
  const wrong = new Set<Digest>()
  const said = Map.groupBy(contents.versions, ({ digest }) => digest)
  try {
    for await (const file of reader.files()) {
      if (file.kind === 'records') {
        const bytes = Buffer.concat(await Array.fromAsync(file.read()))
        if (digestOf(bytes) === file.digest) records.set(file.digest, bytes)
        else wrong.add(file.digest)
        continue
      }
      const stored = await storeArchive(blobs, file, { said: said.get(file.digest) ?? [], signal })
      if (stored === undefined) wrong.add(file.digest)
      else archives.set(file.digest, stored)
    }
  } catch (error) {
    if (!isGgenError(error, 'bundle-broken')) throw error
    const missing = filesOf(contents).map(({ digest }) => digest).filter((digest) => !archives.has(digest) && !records.has(digest))
    throw refusal(contents, missing, error.message)
  }
  if (wrong.size > 0) throw refusal(contents, [...wrong], 'the bundle has other bytes than it says')
  return { archives, records }
}

const refusal = (contents: BundleContents, wrong: readonly Digest[], why: string): GgenError => {
  const digests = new Set(wrong)
  const all = [...new Set(packagesOf(contents, digests))]
  const packages = all.slice(0, BUNDLE_LIMITS.namedPackages)
  const more = all.length > packages.length ? ` and ${all.length - packages.length} more` : ''
  return brokenBundle(`${why}; not verified: ${packages.join(', ')}${more}`, { packages })
}

/** Keeps an archive where it is all that is said of it; `undefined`: it is not. */
const storeArchive = async (
  blobs: BlobStore, file: ArrivingFile, { said, signal }: { readonly said: readonly BundledVersion[]; readonly signal: AbortSignal },
): Promise<StoredArchive | undefined> => {
  const hasher = new TarballHasher()
  await using writer = (await blobs.size(file.digest)) === file.sizeBytes ? undefined : await blobs.create()
  for await (const chunk of file.read()) {
    signal.throwIfAborted()
    hasher.update(chunk)
    await writer?.append(chunk)
  }
  const hashes = hasher.finish()
  if (hashes.digest !== file.digest || !said.every(({ integrity }) => hashes.isWhat(parseIntegrity(integrity)))) return undefined
  await writer?.seal(file.digest)
  return hashes
}

interface Proven {
  readonly contents: BundleContents
  readonly proven: readonly BundledVersion[]
}

const noteArchives = ({ packages }: BundleParts, { contents, archives, proven }: Proven & { readonly archives: ReadonlyMap<Digest, StoredArchive> }): void => {
  const secret = new Set(contents.registries.filter(({ isPrivate }) => isPrivate).map(({ source }) => source))
  const counts = new Set(proven)
  for (const one of contents.versions) {
    const { source, name, version, digest } = one
    const stored = archives.get(digest)
    if (stored === undefined) continue
    const { sha512, sha1, sizeBytes } = stored
    packages.take({ digest, sha512, sha1, sizeBytes, isPrivate: secret.has(source) }, counts.has(one) ? { source, name, version } : undefined)
  }
}

/** Installs without a lock file need documents; what is in an archive is as true as its hash. */
const makeDocuments = async (
  { packages, blobs }: BundleParts, { contents, proven }: Proven, signal: AbortSignal,
): Promise<{ readonly undocumented: readonly LeftPackage[] }> => {
  const undocumented: LeftPackage[] = []
  for (const { source, isPrivate } of contents.registries) {
    const ofSource = proven.filter((one) => one.source === source)
    for (const [name, some] of Map.groupBy(ofSource, (one): NpmName => one.name)) {
      const versions: MadeVersion[] = []
      for (const one of some) {
        try {
          versions.push({ ...(await readPackageJson(blobs.stream(one.digest, { signal }), { signal })), ...describedBy(one, contents.madeAtMs) })
        } catch (error) {
          signal.throwIfAborted()
          if (!isGgenError(error) || error.code === 'internal' || error.code === 'store-broken') throw error
          undocumented.push({ name, version: one.version, code: error.code, why: error.message })
        }
      }
      if (versions.length > 0) await packages.takeDocument({ id: source, isPrivate, made: { name, versions } }, signal)
    }
  }
  return { undocumented }
}

const describedBy = (
  { version, integrity, signatures, publishedAtMs }: BundledVersion, madeAtMs: number,
): Omit<MadeVersion, 'manifest' | 'isNative' | 'hasShrinkwrap'> => ({ version, integrity, signatures, at: publishedAtMs ?? madeAtMs })

const takeReleases = async (
  { releases: carried }: BundleParts, { contents, records }: { readonly contents: BundleContents; readonly records: ReadonlyMap<Digest, Uint8Array> },
  signal: AbortSignal,
): Promise<Pick<TakenBundle, 'releases' | 'left'>> => {
  const [releases, left]: [TakenBundle['releases'][number][], LeftPackage[]] = [[], []]
  for (const one of contents.releases) {
    const { name, version, identity, digest } = one
    try {
      if (identity !== undefined) {
        const envelopes = unpackRecords(records.get(one.records.digest) ?? new Uint8Array())
        await carried.takeIn(envelopes, { name, version, identity, digest }, signal)
      }
      releases.push({ name, version, ...(identity !== undefined && { identity }) })
    } catch (error) {
      signal.throwIfAborted()
      const { code, message } = toGgenError(error)
      if (code === 'internal') throw error
      left.push({ name, version, code, why: message })
    }
  }
  return { releases, left }
}

const describeRegistry = ({ packages }: BundleParts, one: JudgedRegistry, proven: readonly BundledVersion[]): TakenBundle['registries'][number] => {
  const ofIt = proven.filter(({ source }) => source === one.source)
  const asked = ofIt.map(({ name }) => packages.sourceOf(name).id).find((id) => id !== one.source)
  return { ...one, versions: ofIt.length, ...(asked !== undefined && { asked }) }
}
