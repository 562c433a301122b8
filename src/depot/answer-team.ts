import { type Digest, GgenError, LIMITS, NPM_LIMITS, type PeerId, type Sha512 } from '#core'
import { decodeProofs, parseIntegrity, sha512Of, type VersionProof } from '#npm'
import type { BlobStore, NpmRecords } from '#store'
import { type AskedDocument, decodeNpmQuestion, encodeNpmAnswer, type HeldDocument, type HeldVersion, type NpmAnswer } from '#wire'
import type { Allowance } from './allowance.ts'
import { PROOFS } from './form-names.ts'
import type { KeepingForOthers, KeepQuestion } from './keeping-for-others.ts'
import { rankOf } from './team.ts'

export interface AnswerTeamParts {
  readonly self: PeerId
  /** Archives that a peer may ask for. */
  readonly allowance: Allowance
  readonly records: Pick<NpmRecords, 'tarball' | 'form' | 'document' | 'keys'>
  readonly blobs: BlobStore
  /** Whether a peer may have what came with credentials. */
  readonly sharesPrivate: (peer: PeerId) => boolean
  readonly withholds: (digest: Digest) => boolean
  readonly keeping: Pick<KeepingForOthers, 'answer'>
  /** What this node does about an archive just now. */
  readonly doing: (sha512: Sha512) => 'asking' | 'fetching' | undefined
}

/** A question as it came. `now`: monotonic milliseconds. */
export interface TeamQuestion {
  readonly question: Uint8Array
  readonly from: PeerId
  readonly now: number
}

/** Answers a question over `/ggen/npm/1`: which of these archives can be had here, and versions of these packages. Throws `frame-invalid` and `too-busy`. */
export const answerTeam = async (
  parts: AnswerTeamParts, { question: bytes, from, now }: TeamQuestion, signal: AbortSignal,
): Promise<Uint8Array> => {
  const question = decodeNpmQuestion(bytes)
  const weight = question.tarballs.length + question.documents.length * NPM_LIMITS.documentWeight
  if (!parts.allowance.take(from, weight, now)) throw new GgenError('too-busy', `${from} asks for too many archives`)
  if (question.keep !== undefined) return await answerKeep(parts, { word: question.keep, tarballs: question.tarballs, from }, signal)
  const tarballs: NpmAnswer['tarballs'][number][] = []
  const enclosed = new Map<number, Uint8Array>()
  let room: number = LIMITS.enclosedBytes
  for (const [place, sha512] of question.tarballs.entries()) {
    signal.throwIfAborted()
    const held = await heldFor(parts, sha512, from)
    tarballs.push(held ?? (isComing(parts, sha512, from) ? 'coming' : undefined))
    if (held === undefined || place >= question.enclose || held.sizeBytes > Math.min(room, NPM_LIMITS.enclosedTarballBytes) || held.sizeBytes === 0) continue
    const whole = await readWhole(parts.blobs, held)
    if (whole === undefined) continue
    room -= held.sizeBytes
    enclosed.set(place, whole)
  }
  const documents: NpmAnswer['documents'][number][] = []
  for (const asked of question.documents) documents.push(await heldOf(parts, asked, from))
  return encodeNpmAnswer({ tarballs, enclosed, documents })
}

const answerKeep = async ({ keeping }: AnswerTeamParts, question: KeepQuestion, signal: AbortSignal): Promise<Uint8Array> =>
  encodeNpmAnswer({ tarballs: await keeping.answer(question, signal), enclosed: new Map(), documents: [] })

const heldFor = async (
  { records, blobs, sharesPrivate, withholds }: AnswerTeamParts, sha512: Sha512, from: PeerId,
): Promise<{ readonly digest: Digest; readonly sizeBytes: number } | undefined> => {
  const known = records.tarball(sha512)
  if (known === undefined || (known.isPrivate && !sharesPrivate(from)) || withholds(known.digest)) return undefined
  const { digest, sizeBytes } = known
  return (await blobs.size(digest)) === sizeBytes ? { digest, sizeBytes } : undefined
}

const KINDS = ['full', 'abbreviated'] as const

/** The newest versions of a package whose archives are here, as its registry signed them. */
const heldOf = async (parts: AnswerTeamParts, { source, name }: AskedDocument, from: PeerId): Promise<HeldDocument | undefined> => {
  const { records, sharesPrivate } = parts
  const kind = KINDS.find((one) => records.form({ source, name, kind: one }, PROOFS) !== undefined)
  const proofs = kind && records.form({ source, name, kind }, PROOFS)
  if (proofs === undefined || kind === undefined) return undefined
  if (records.document({ source, name, kind })?.isPrivate === true && !sharesPrivate(from)) return undefined
  const versions: HeldVersion[] = []
  for (const proof of decodeProofs(proofs)) {
    if (versions.length === NPM_LIMITS.heldVersions) break
    if (fits(proof) && (await isHeld(parts, proof, from))) versions.push(proof)
  }
  const { keys } = records.keys(source) ?? {}
  const isTellable = keys !== undefined && Buffer.byteLength(keys) <= NPM_LIMITS.heldKeysBytes
  return versions.length === 0 ? undefined : { versions, ...(isTellable && { keys }) }
}

const isHeld = async (parts: AnswerTeamParts, { integrity }: VersionProof, from: PeerId): Promise<boolean> => {
  const sha512 = sha512Of(parseIntegrity(integrity))
  return sha512 !== undefined && (await heldFor(parts, sha512, from)) !== undefined
}

const within = (text: string, mostBytes: number): boolean => text !== '' && Buffer.byteLength(text) <= mostBytes

/** What does not fit into an answer cannot be told. */
const fits = ({ version, integrity, signatures }: VersionProof): boolean =>
  within(version, NPM_LIMITS.heldVersionBytes) && within(integrity, NPM_LIMITS.heldIntegrityBytes) && signatures.length <= NPM_LIMITS.heldSignatures
  && signatures.every(({ keyid, sig }) => within(keyid, NPM_LIMITS.heldKeyIdBytes) && within(sig, NPM_LIMITS.heldSignatureBytes))

/** Of two who want the same at the same time, one waits for the other; who fetches it already is waited for in any case. */
const isComing = ({ doing, self }: AnswerTeamParts, sha512: Sha512, from: PeerId): boolean => {
  const now = doing(sha512)
  return now === 'fetching' || (now === 'asking' && rankOf(self, sha512) < rankOf(from, sha512))
}

const readWhole = async (blobs: BlobStore, { digest, sizeBytes }: { readonly digest: Digest; readonly sizeBytes: number }): Promise<Uint8Array | undefined> => {
  const [read] = await Promise.allSettled([blobs.read(digest, { offset: 0, length: sizeBytes })])
  return read.status === 'fulfilled' && read.value.length === sizeBytes ? read.value : undefined
}
