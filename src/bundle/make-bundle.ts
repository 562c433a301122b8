import { digestOf, GgenError, isGgenError, type PackageName, parsePackageName, toGgenError } from '#core'
import type { HeldTarball } from '#depot'
import type { LockedPackage as LockedRelease } from '#flow/install'
import type { FetchRequest } from '#marketplace'
import { integrityOfHashes, parseIntegrity, parseRegistryKeys, type RegistryKey, sha512Of, verifyVersion } from '#npm'
import type { LockedPackage as LockedVersion } from '#npm/lockfiles'
import { BUNDLE_LIMITS } from './bundle-limits.ts'
import type { BundleContents, BundledRegistry, BundledRelease, BundledVersion, BundleFile } from './bundle-contents.ts'
import { type BundleParts, inTurns } from './bundle-parts.ts'
import { type Lockfile, readLocked } from './locked.ts'
import { packRecords } from './records.ts'
import { bundleBytes, writeBundle } from './write-bundle.ts'

export interface BundleWish {
  readonly lockfiles: readonly Lockfile[]
  /** What came with credentials, has a private name, or is told in a private network alone goes in, too. */
  readonly withPrivate: boolean
}

/** A package that is not in a bundle, and why. */
export interface LeftPackage {
  readonly name: string
  readonly version: string
  readonly code: GgenError['code']
  readonly why: string
}

/** A bundle that can be written: everything in it is here. */
export interface MadeBundle {
  readonly contents: BundleContents
  readonly sizeBytes: number
  /** Optional packages that could not be had. */
  readonly left: readonly LeftPackage[]
  /** Entries of the lock files that come from no registry. */
  readonly leftOutCount: number
  /** Its bytes, once. */
  readonly read: (signal: AbortSignal) => AsyncIterable<Uint8Array>
}

/**
 * Brings everything here that lock files name, with what its registries and publishers sign of it. Throws `lock-invalid`, `usage` for what is private where
 * that was not asked for, what kept a package from being had, and `integrity` where a registry says something else of it than it gives.
 */
export const makeBundle = async (parts: BundleParts, { lockfiles, withPrivate }: BundleWish, signal: AbortSignal): Promise<MadeBundle> => {
  const { versions: all, releases: own, leftOutCount } = readLocked(lockfiles)
  const ofNetwork = all.filter(({ name }) => parts.packages.isOfNetwork(name))
  const wanted = all.filter((one) => !ofNetwork.includes(one))
  if (!withPrivate) assertPublic(parts, wanted, [...own, ...ofNetwork])
  const { held, left } = await holdAll(parts, wanted, signal)
  const { versions, registries } = await describeAll(parts, held, signal)
  const records = new Map<string, Uint8Array>()
  const signed = await inTurns([...own, ...ofNetwork], BUNDLE_LIMITS.bringing, async (locked) => await holdRelease(parts, { locked, records }, signal))
  const releases = onceEach(signed)
  const contents: BundleContents = { madeAtMs: parts.clock.now(), registries, versions, releases }
  const read = (file: BundleFile, reading: AbortSignal): AsyncIterable<Uint8Array> => {
    const packed = records.get(file.digest)
    return file.kind === 'records' && packed !== undefined ? oneChunk(packed) : parts.blobs.stream(file.digest, { signal: reading })
  }
  return {
    contents, left, leftOutCount,
    sizeBytes: bundleBytes(contents),
    read: (reading) => writeBundle(contents, (file) => read(file, reading)),
  }
}

const oneChunk = async function* (bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
}

const namesOf = (packages: readonly { readonly name: string; readonly version: string }[]): string => {
  const named = packages.slice(0, BUNDLE_LIMITS.namedPackages).map(({ name, version }) => `${name}@${version}`).join(', ')
  return packages.length > BUNDLE_LIMITS.namedPackages ? `${named} and ${packages.length - BUNDLE_LIMITS.namedPackages} more` : named
}

/** Of the lock of ggen, or of that of another client where the name belongs to the network. */
type WantedRelease = LockedRelease | LockedVersion

const isOwn = (locked: WantedRelease): locked is LockedRelease => 'digest' in locked

const assertPublic = (
  { packages, releases, isNetworkPrivate }: BundleParts, versions: readonly LockedVersion[], ofNetwork: readonly WantedRelease[],
): void => {
  const isVouched = (locked: WantedRelease): boolean => isOwn(locked) && locked.identity === undefined
  const secret = [
    ...versions.filter(({ name }) => packages.sourceOf(name).isPrivate),
    ...ofNetwork.filter((locked) => (isNetworkPrivate && !isVouched(locked)) || releases.isPrivate(parsePackageName(locked.name))),
  ]
  if (secret.length === 0) return
  throw new GgenError('usage', `these are private: ${namesOf(secret)}`, { hint: 'say that they may go into a file that others can read: --private' })
}

interface HeldVersion {
  readonly locked: LockedVersion
  readonly tarball: HeldTarball
}

/** Everything is tried before anything is told: whoever has a slow network hears of all that is missing at once. */
const holdAll = async (
  { packages }: BundleParts, wanted: readonly LockedVersion[], signal: AbortSignal,
): Promise<{ readonly held: readonly HeldVersion[]; readonly left: readonly LeftPackage[] }> => {
  const missing: { readonly locked: LockedVersion; readonly error: GgenError }[] = []
  const held = await inTurns(wanted, BUNDLE_LIMITS.bringing, async (locked): Promise<HeldVersion | undefined> => {
    const { name, version, integrity, resolved } = locked
    const { id } = packages.sourceOf(name)
    const path = resolved?.startsWith(id) === true ? resolved.slice(id.length) : undefined
    try {
      const tarball = await packages.hold({ name, version, ...(integrity !== undefined && { integrity }), ...(path !== undefined && { path }) }, signal)
      return { locked, tarball }
    } catch (error) {
      signal.throwIfAborted()
      if (!isGgenError(error) || error.code === 'internal') throw error
      missing.push({ locked, error })
      return undefined
    }
  })
  const needed = missing.filter(({ locked }) => locked.isOptional !== true)
  const [first] = needed
  if (first !== undefined) {
    const { code, message, hint } = first.error
    const more = needed.length === 1 ? '' : `; the same with ${namesOf(needed.slice(1).map(({ locked }) => locked))}`
    throw new GgenError(code, `${first.locked.name}@${first.locked.version} cannot be had: ${message}${more}`, {
      cause: first.error, hint, details: { packages: needed.slice(0, BUNDLE_LIMITS.namedPackages).map(({ locked }) => `${locked.name}@${locked.version}`) },
    })
  }
  return {
    held: held.filter((one) => one !== undefined),
    left: missing.map(({ locked: { name, version }, error: { code, message } }) => ({ name, version, code, why: message })),
  }
}

/** Adds what the registries say and sign. */
const describeAll = async (
  { packages }: BundleParts, held: readonly HeldVersion[], signal: AbortSignal,
): Promise<{ readonly versions: readonly BundledVersion[]; readonly registries: readonly BundledRegistry[] }> => {
  const byName = Map.groupBy(held, ({ locked }) => locked.name)
  const registries = new Map<string, BundledRegistry>()
  const keysAt = new Map<string, readonly RegistryKey[]>()
  for (const name of byName.keys()) {
    const { id, isPrivate } = packages.sourceOf(name)
    if (registries.has(id)) continue
    const keys = await packages.keysFor(name, signal)
    const parsed = keys === undefined ? [] : parseRegistryKeys(keys)
    keysAt.set(id, parsed)
    registries.set(id, { source: id, isPrivate, ...(keys !== undefined && parsed.length > 0 && { keys }) })
  }
  const described = await inTurns([...byName], BUNDLE_LIMITS.describing, async ([name, some]) => {
    const said = await packages.saidOf(name, signal)
    const { id } = packages.sourceOf(name)
    return some.map(({ locked: { version }, tarball: { digest, sizeBytes, sha512 } }): BundledVersion => {
      const { integrity = integrityOfHashes({ sha512 }), signatures = [], publishedAtMs } = said.get(version) ?? {}
      const one = { source: id, name, version, integrity, signatures, digest, sizeBytes, ...(publishedAtMs !== undefined && { publishedAtMs }) }
      assertAgree(one, sha512, keysAt.get(id) ?? [])
      return one
    })
  })
  return { versions: onceEach(described.flat()), registries: [...registries.values()] }
}

/** Whoever opens the bundle would refuse it: better to hear it where something can be done. */
const assertAgree = (one: BundledVersion, sha512: HeldTarball['sha512'], keys: readonly RegistryKey[]): void => {
  const { name, version, integrity, signatures, publishedAtMs, source } = one
  const said = sha512Of(parseIntegrity(integrity))
  if (said !== undefined && said !== sha512) {
    throw new GgenError('integrity', `${source} says now that ${name}@${version} is another archive than the lock file does`)
  }
  if (keys.length > 0 && verifyVersion({ name, version, integrity, signatures }, keys, publishedAtMs) === 'wrong') {
    throw new GgenError('integrity', `${source} did not sign ${name}@${version} as it is`)
  }
}

/** Two lock files may know one version by two hashes, of the same bytes. */
const onceEach = <T extends BundledVersion | BundledRelease>(versions: readonly T[]): readonly T[] => {
  const found = new Map<string, T>()
  for (const one of versions) {
    const id = `${'identity' in one ? one.identity : one.source}\n${one.name}@${one.version}`
    const known = found.get(id)
    if (known !== undefined && known.digest !== one.digest) {
      throw new GgenError('integrity', `two lock files name different archives of ${one.name}@${one.version}`)
    }
    found.set(id, known ?? one)
  }
  return [...found.values()]
}

/** Fetches a release as an install of its lock would, and notes its records by their hash. */
const holdRelease = async (
  { marketplace, releases }: BundleParts, { locked, records }: { readonly locked: WantedRelease; readonly records: Map<string, Uint8Array> },
  signal: AbortSignal,
): Promise<BundledRelease> => {
  const name = parsePackageName(locked.name)
  const { digest, sha512, sizeBytes, version, identity, source } = await fetchLocked(name, () => marketplace.fetch(questionFor(name, locked), signal))
  const isRight = isOwn(locked) ? locked.digest === digest : locked.integrity === undefined || sha512Of(locked.integrity) === sha512
  if (!isRight) throw new GgenError('integrity', `${name}@${version} is another archive than the lock file names`)
  const what = { name, version, digest, sizeBytes }
  if (identity === undefined) return { ...what, source }
  const packed = packRecords(releases.recordsOf({ identity, name }))
  if (packed.length > BUNDLE_LIMITS.recordsBytes) throw new GgenError('archive-too-large', `too much is signed of ${name} for a bundle`)
  records.set(digestOf(packed), packed)
  return { ...what, identity, records: { digest: digestOf(packed), sizeBytes: packed.length } }
}

const questionFor = (name: PackageName, locked: WantedRelease): FetchRequest => {
  const spec = { name, range: locked.version }
  if (!isOwn(locked)) return { spec }
  const { identity, source, digest, sizeBytes } = locked
  return identity === undefined ? { spec, vouched: { source, digest, sizeBytes } } : { spec: { ...spec, identity }, locked: identity }
}

const fetchLocked = async <T>(name: PackageName, fetch: () => Promise<T>): Promise<T> => {
  try {
    return await fetch()
  } catch (error) {
    const { code, message, hint } = toGgenError(error)
    throw new GgenError(code, `${name} cannot be had: ${message}`, { cause: error, hint })
  }
}
