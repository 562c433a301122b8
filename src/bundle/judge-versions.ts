import { type ErrorCode, GgenError, isGgenError } from '#core'
import type { CarriedPackages } from '#depot'
import { keyIdOf, parseIntegrity, parseRegistryKeys, type RegistryKey, type VersionVerdict, verifyVersion } from '#npm'
import { brokenBundle, type BundleContents, type BundledRegistry, type BundledVersion } from './bundle-contents.ts'
import { BUNDLE_LIMITS } from './bundle-limits.ts'

/** What speaks for what a bundle says of a registry. */
export interface JudgedRegistry {
  readonly source: string
  /** `known`: keys that were here before · `taken`: those in the bundle, because the user says so · `none`: it signs nothing, and the user says so. */
  readonly keys: 'known' | 'taken' | 'none'
  /** `SHA256:…` of each. */
  readonly fingerprints: readonly string[]
}

/** A version for which nothing speaks: its bytes are kept by their hash, and nobody learns here that it is they. */
export interface UnprovenVersion {
  readonly version: BundledVersion
  readonly code: ErrorCode
  readonly why: string
}

export interface JudgedVersions {
  readonly registries: readonly JudgedRegistry[]
  readonly proven: readonly BundledVersion[]
  readonly unproven: readonly UnprovenVersion[]
}

type KnownRegistries = Pick<CarriedPackages, 'knownKeys' | 'hasSigned'>

const fingerprintsOf = (keys: readonly RegistryKey[]): readonly string[] => keys.map(({ publicKey }) => keyIdOf(publicKey))

/** The keys in a bundle. Throws `bundle-broken`. */
const keysIn = ({ source, keys }: BundledRegistry): readonly RegistryKey[] => {
  if (keys === undefined) return []
  try {
    return parseRegistryKeys(keys)
  } catch (cause) {
    if (!isGgenError(cause)) throw cause
    throw brokenBundle(`the keys of ${source} cannot be read`, { cause })
  }
}

const unknownText = ({ source }: BundledRegistry, shown: readonly RegistryKey[]): string =>
  shown.length === 0 ? `${source} signs nothing, so the bundle alone says what its versions are` : `${source} signs with ${fingerprintsOf(shown).join(', ')}`

/** Whose keys count for each registry. Throws `keys-unknown` where nobody has said so yet, and `downgrade` where signatures are gone that were there. */
const judgeRegistries = (
  registries: readonly BundledRegistry[], known: KnownRegistries, trustKeys: boolean,
): ReadonlyMap<string, JudgedRegistry & { readonly all: readonly RegistryKey[] }> => {
  const judged = new Map<string, JudgedRegistry & { readonly all: readonly RegistryKey[] }>()
  const strange: string[] = []
  for (const one of registries) {
    const { source } = one
    const shown = keysIn(one)
    const text = known.knownKeys(source)
    const before = text === undefined ? [] : parseRegistryKeys(text)
    if (before.length > 0) {
      judged.set(source, { source, keys: 'known', fingerprints: fingerprintsOf(before), all: before })
    } else if (shown.length === 0 && known.hasSigned(source)) {
      throw new GgenError('downgrade', `${source} has signed what came from it, and the bundle has no keys of it`, {
        hint: 'make the bundle again where the registry answers',
      })
    } else if (trustKeys) {
      judged.set(source, { source, keys: shown.length === 0 ? 'none' : 'taken', fingerprints: fingerprintsOf(shown), all: shown })
    } else {
      strange.push(unknownText(one, shown))
    }
  }
  if (strange.length > 0) throw new GgenError('keys-unknown', `nothing here speaks for what the bundle says: ${strange.join('; ')}`)
  return judged
}

const WHY: Readonly<Record<Exclude<VersionVerdict, 'verified' | 'wrong'>, string>> = {
  unsigned: 'its registry signs, and this is not signed',
  'unknown-key': 'it is signed with a key that is not known here',
  'expired-key': 'it is signed with a key that was not in use any more',
}

/**
 * Decides which versions of a bundle count here. Throws `keys-unknown`, `downgrade`, and `bundle-broken` naming those whose signatures are wrong. Takes a tenth
 * of a millisecond for each.
 */
export const judgeVersions = (
  { registries, versions }: BundleContents, known: KnownRegistries, { trustKeys }: { readonly trustKeys: boolean },
): JudgedVersions => {
  const judged = judgeRegistries(registries, known, trustKeys)
  const [proven, unproven, wrong]: [BundledVersion[], UnprovenVersion[], string[]] = [[], [], []]
  for (const one of versions) {
    const { keys = 'none', all = [] } = judged.get(one.source) ?? {}
    const verdict = isIntegrity(one.integrity) ? verifyVersion(one, all, one.publishedAtMs) : 'wrong'
    if (verdict === 'wrong') wrong.push(`${one.name}@${one.version}`)
    else if (verdict === 'verified' || keys === 'none') proven.push(one)
    else unproven.push({ version: one, code: verdict === 'unsigned' ? 'downgrade' : 'keys-unknown', why: WHY[verdict] })
  }
  if (wrong.length > 0) {
    const packages = wrong.slice(0, BUNDLE_LIMITS.namedPackages)
    throw brokenBundle(`their registry did not sign these as they are: ${packages.join(', ')}`, { packages })
  }
  return { registries: Array.from(judged.values(), ({ source, keys, fingerprints }) => ({ source, keys, fingerprints })), proven, unproven }
}

const isIntegrity = (text: string): boolean => {
  try {
    parseIntegrity(text)
    return true
  } catch (error) {
    if (isGgenError(error, 'digest-invalid')) return false
    throw error
  }
}
