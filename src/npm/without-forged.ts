import { GgenError, NPM_LIMITS } from '#core'
import { parseIntegrity, parseShasum } from './integrity.ts'
import { distTags, leaveOut, publishedAt } from './leave-out.ts'
import { newestFirst } from './newest-first.ts'
import { NPM_TEXT_LIMITS } from './npm-limits.ts'
import type { NpmName } from './npm-name.ts'
import { isNpmVersion } from './npm-version.ts'
import type { Distribution, PackageDocument, VersionManifest } from './package-document.ts'
import type { RegistryKey } from './registry-keys.ts'
import { isExpired, type VersionSignature, type VersionVerdict, verifyVersion } from './registry-signatures.ts'

/** A version that its registry did not sign as it is. */
export interface ForgedVersion {
  readonly version: string
  readonly verdict: Exclude<VersionVerdict, 'verified' | 'unsigned'>
}

/** A document without what is known to be forged. */
export interface CheckedDocument {
  readonly document: PackageDocument
  readonly forged: readonly ForgedVersion[]
  /** What stands there as the signature of a version, and is looked at when somebody wants its archive. */
  readonly unproven: ReadonlyMap<string, VersionSignature>
}

const isSignature = (value: unknown): value is VersionSignature => {
  const { keyid, sig } = Object(value) as { readonly keyid?: unknown; readonly sig?: unknown }
  return typeof keyid === 'string' && typeof sig === 'string'
}

/** The signatures of a version; `undefined`: something stands there that is none. */
export const signaturesOf = ({ signatures }: Distribution): readonly VersionSignature[] | undefined => {
  if (signatures === undefined || signatures === null) return []
  if (!Array.isArray(signatures) || signatures.length > NPM_TEXT_LIMITS.signatures) return undefined
  return signatures.every(isSignature) ? signatures : undefined
}

/** What a registry signs as the integrity of a version. Old versions have a SHA-1 alone, and npm takes that for it. */
export const signedIntegrityOf = ({ integrity, shasum }: Distribution): string | undefined => {
  if (typeof integrity === 'string' && integrity !== '') return integrity
  return typeof shasum === 'string' && /^[0-9a-f]{40}$/i.test(shasum) ? parseShasum(shasum) : undefined
}

interface CheckedVersion {
  readonly name: NpmName
  readonly version: string
  readonly manifest: VersionManifest
  /** Unix milliseconds. */
  readonly publishedAtMs?: number | undefined
}

/** What the keys of a registry say of one version of its documents. */
export const judgeVersion = ({ name, version, manifest, publishedAtMs }: CheckedVersion, keys: readonly RegistryKey[]): VersionVerdict => {
  const signatures = signaturesOf(manifest.dist)
  if (signatures?.length === 0) return 'unsigned'
  const integrity = signedIntegrityOf(manifest.dist)
  // A client believes what the manifest calls itself.
  const isItself = (manifest['name'] ?? name) === name && (manifest['version'] ?? version) === version
  if (signatures === undefined || integrity === undefined || !isNpmVersion(version) || !isItself) return 'wrong'
  return verifyVersion({ name, version, integrity, signatures }, keys, publishedAtMs)
}

const isAsWritten = (integrity: unknown): boolean => {
  try {
    return typeof integrity === 'string' && parseIntegrity(integrity) === integrity
  } catch (error) {
    if (error instanceof GgenError) return false
    throw error
  }
}

/** The one signature of a version of which only mathematics can say whether it is right; `undefined`: there is more to look at. */
const loneSignature = ({ name, version, manifest, publishedAtMs }: CheckedVersion, keys: readonly RegistryKey[]): VersionSignature | undefined => {
  const [signature, ...more] = signaturesOf(manifest.dist) ?? []
  const key = keys.find(({ keyid }) => keyid === signature?.keyid)
  const isUsual = manifest['name'] === name && manifest['version'] === version && isNpmVersion(version) && isAsWritten(manifest.dist['integrity'])
  return isUsual && more.length === 0 && key !== undefined && !isExpired(key, publishedAtMs) ? signature : undefined
}

/**
 * The same document without the versions that carry signatures of which none is right by these keys. Those that carry none stay: whether that may be is not
 * for one document to say. A signature takes a tenth of a millisecond, and documents have thousands: of versions that are neither tagged nor among the newest,
 * those that look as they should are `unproven`.
 */
export const withoutForged = (document: PackageDocument, keys: readonly RegistryKey[]): CheckedDocument => {
  const { name, versions } = document
  const soon = new Set([...Object.values(distTags(document)), ...newestFirst(Object.keys(versions)).slice(0, NPM_LIMITS.provenAtOnce)])
  const unproven = new Map<string, VersionSignature>()
  const forged = Object.entries(versions).flatMap(([version, manifest]): readonly ForgedVersion[] => {
    const one = { name, version, manifest, publishedAtMs: publishedAt(document, version) }
    const signature = soon.has(version) ? undefined : loneSignature(one, keys)
    if (signature !== undefined) {
      unproven.set(version, { keyid: signature.keyid, sig: signature.sig })
      return []
    }
    const verdict = judgeVersion(one, keys)
    return verdict === 'verified' || verdict === 'unsigned' ? [] : [{ version, verdict }]
  })
  return { document: leaveOut(document, new Set(forged.map(({ version }) => version))), forged, unproven }
}
