import { gunzipSync, gzipSync } from 'node:zlib'
import { compare, parse, type SemVer } from 'semver'
import { GgenError, NPM_LIMITS } from '#core'
import { parseIntegrity, sha512Of } from './integrity.ts'
import { publishedAt } from './leave-out.ts'
import type { PackageDocument } from './package-document.ts'
import type { VersionSignature } from './registry-signatures.ts'
import { signaturesOf, signedIntegrityOf } from './without-forged.ts'

/** What a registry signed of one version. */
export interface VersionProof {
  readonly version: string
  /** Sign for sign. */
  readonly integrity: string
  readonly signatures: readonly VersionSignature[]
  /** When it came out, as the registry says, Unix milliseconds. */
  readonly at?: number
}

/** Newest first, pre-releases after everything else. */
const inOrder = (versions: readonly string[]): readonly string[] => {
  const parsed = versions.flatMap((version): readonly { readonly version: string; readonly semver: SemVer }[] => {
    const semver = parse(version)
    return semver === null ? [] : [{ version, semver }]
  })
  const rank = ({ prerelease }: SemVer): number => (prerelease.length === 0 ? 0 : 1)
  return parsed.toSorted((a, b) => rank(a.semver) - rank(b.semver) || compare(b.semver, a.semver)).map(({ version }) => version)
}

/** Peers are asked by it. */
const namesSha512 = (integrity: string): boolean => {
  try {
    return sha512Of(parseIntegrity(integrity)) !== undefined
  } catch (error) {
    if (error instanceof GgenError) return false
    throw error
  }
}

/** The newest signed versions of a document, at most `NPM_LIMITS.provenVersions`: those that are no pre-releases first. */
export const proofsIn = (document: PackageDocument): readonly VersionProof[] =>
  inOrder(Object.keys(document.versions)).flatMap((version): readonly VersionProof[] => {
    const dist = document.versions[version]?.dist
    const [integrity, signatures] = dist === undefined ? [undefined, undefined] : [signedIntegrityOf(dist), signaturesOf(dist)]
    if (integrity === undefined || signatures === undefined || signatures.length === 0 || !namesSha512(integrity)) return []
    const at = publishedAt(document, version)
    return [{ version, integrity, signatures: signatures.map(({ keyid, sig }) => ({ keyid, sig })), ...(at !== undefined && { at }) }]
  }).slice(0, NPM_LIMITS.provenVersions)

/** Their bytes, to be kept. */
export const encodeProofs = (proofs: readonly VersionProof[]): Uint8Array => gzipSync(JSON.stringify(proofs))

/** Reads what `encodeProofs` wrote. */
export const decodeProofs = (bytes: Uint8Array): readonly VersionProof[] => JSON.parse(gunzipSync(bytes).toString('utf8')) as readonly VersionProof[]
