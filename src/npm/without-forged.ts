import { parseShasum } from './integrity.ts'
import { leaveOut, publishedAt } from './leave-out.ts'
import { NPM_TEXT_LIMITS } from './npm-limits.ts'
import type { NpmName } from './npm-name.ts'
import { isNpmVersion } from './npm-version.ts'
import type { Distribution, PackageDocument, VersionManifest } from './package-document.ts'
import type { RegistryKey } from './registry-keys.ts'
import { type VersionSignature, type VersionVerdict, verifyVersion } from './registry-signatures.ts'

/** A version that its registry did not sign as it is. */
export interface ForgedVersion {
  readonly version: string
  readonly verdict: Exclude<VersionVerdict, 'verified' | 'unsigned'>
}

/** A document without what is forged. */
export interface CheckedDocument {
  readonly document: PackageDocument
  readonly forged: readonly ForgedVersion[]
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

/**
 * The same document without the versions that carry signatures of which none is right by these keys. Those that carry none stay: whether that may be is not
 * for one document to say. Takes a tenth of a millisecond for each version.
 */
export const withoutForged = (document: PackageDocument, keys: readonly RegistryKey[]): CheckedDocument => {
  const { name, versions } = document
  const forged = Object.entries(versions).flatMap(([version, manifest]): readonly ForgedVersion[] => {
    const verdict = judgeVersion({ name, version, manifest, publishedAtMs: publishedAt(document, version) }, keys)
    return verdict === 'verified' || verdict === 'unsigned' ? [] : [{ version, verdict }]
  })
  return { document: leaveOut(document, new Set(forged.map(({ version }) => version))), forged }
}
