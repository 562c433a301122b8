import { gunzipSync, gzipSync } from 'node:zlib'
import { GgenError, NPM_LIMITS } from '#core'
import { parseIntegrity, sha512Of } from './integrity.ts'
import { publishedAt } from './leave-out.ts'
import { newestFirst } from './newest-first.ts'
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
  newestFirst(Object.keys(document.versions)).flatMap((version): readonly VersionProof[] => {
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
