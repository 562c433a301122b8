import { createHash } from 'node:crypto'
import { gunzipSync, gzipSync } from 'node:zlib'
import { NPM_LIMITS } from '#core'
import { type HeldBack, NOTHING_HELD_BACK, withoutHeldBack } from './held-back.ts'
import type { NpmName } from './npm-name.ts'
import { abbreviate, isSignedThroughout, modifiedAt, type PackageDocument, readPackageDocument, withTarballsAt } from './package-document.ts'
import { parseRegistryKeys } from './registry-keys.ts'
import { encodeIndex, indexVersions } from './version-index.ts'
import { encodeProofs, proofsIn } from './version-proofs.ts'
import { type CheckedDocument, type ForgedVersion, withoutForged } from './without-forged.ts'

/** Whose addresses the archives in a document have: the upstream's, or those of the registry at this address, which ends with a slash. */
export type TarballsAt = 'upstream' | { readonly base: string }

/** A document that is to be made ready for clients. */
export interface FormJob {
  readonly name: NpmName
  /** JSON as the upstream sent it. */
  readonly bytes: Uint8Array
  readonly isGzip: boolean
  readonly isAbbreviated: boolean
  readonly tarballsAt: TarballsAt
  /** The keys that its registry signs with, as `writeRegistryKeys` writes them: what it did not sign as it is, is left out. Absent: nothing is looked at. */
  readonly keys?: string
  /** Left out as well. Absent: nothing. */
  readonly heldBack?: HeldBack
}

/** One document, ready. */
export interface MadeForm {
  /** JSON, compressed with gzip. */
  readonly gzip: Uint8Array
  /** A strong validator, with its quotation marks. */
  readonly etag: string
  /** Unix milliseconds. */
  readonly modifiedAt?: number
  readonly isSigned: boolean
  /** What was left out. */
  readonly forged: readonly ForgedVersion[]
  /** As `encodeIndex` writes it. */
  readonly index: Uint8Array
  /** As `encodeProofs` writes them, of a document that came just now. */
  readonly proofs?: Uint8Array
}

/** Compressing more would take longer than sending more does, over loopback. */
const LEVEL = 3

/** Makes a document ready: what is slow is done once, and in a thread. Throws `registry-failed` for what is no document of this package. */
export const makeForm = (job: FormJob): MadeForm => {
  const { name, isAbbreviated, tarballsAt } = job
  const text = Buffer.from(job.isGzip ? gunzipSync(job.bytes, { maxOutputLength: NPM_LIMITS.documentBytes }) : job.bytes).toString('utf8')
  const read = readPackageDocument(text, name)
  const { document: signed, forged, unproven } = job.keys === undefined ? unchecked(read) : withoutForged(read, parseRegistryKeys(job.keys))
  const document = withoutHeldBack(signed, job.heldBack ?? NOTHING_HELD_BACK)
  const asked = isAbbreviated ? abbreviate(document) : document
  const isAsItCame = tarballsAt === 'upstream' && asked === read
  const json = isAsItCame ? text : JSON.stringify(tarballsAt === 'upstream' ? asked : withTarballsAt(asked, tarballsAt.base))
  const facts = { forged, ...factsOf(document, unproven), ...(!job.isGzip && { proofs: encodeProofs(proofsIn(document)) }) }
  return { gzip: gzipSync(json, { level: LEVEL }), etag: `"${hashOf(json)}"`, ...facts }
}

const unchecked = (document: PackageDocument): CheckedDocument => ({ document, forged: [], unproven: new Map() })

const factsOf = (document: PackageDocument, unproven: CheckedDocument['unproven']): Omit<MadeForm, 'gzip' | 'etag' | 'forged' | 'proofs'> => {
  const at = modifiedAt(document)
  return { isSigned: isSignedThroughout(document), index: encodeIndex(indexVersions(document, unproven)), ...(at !== undefined && { modifiedAt: at }) }
}

const hashOf = (text: string): string => createHash('sha256').update(text).digest('base64url').slice(0, 22)
