import { type Digest, GgenError, LIMITS, NPM_LIMITS, type PeerId, type Sha512 } from '#core'
import type { BlobStore, NpmRecords } from '#store'
import { decodeNpmQuestion, encodeNpmAnswer, type NpmAnswer } from '#wire'
import type { Allowance } from './allowance.ts'
import { rankOf } from './team.ts'

export interface AnswerTeamParts {
  readonly self: PeerId
  /** Archives that a peer may ask for. */
  readonly allowance: Allowance
  readonly records: NpmRecords
  readonly blobs: BlobStore
  /** Whether a peer may have what came with credentials. */
  readonly sharesPrivate: (peer: PeerId) => boolean
  readonly withholds: (digest: Digest) => boolean
  /** What this node does about an archive just now. */
  readonly doing: (sha512: Sha512) => 'asking' | 'fetching' | undefined
}

/** A question as it came. `now`: monotonic milliseconds. */
export interface TeamQuestion {
  readonly question: Uint8Array
  readonly from: PeerId
  readonly now: number
}

/** Answers a question over `/ggen/npm/1`: which of these archives can be had here. Throws `frame-invalid` and `too-busy`. */
export const answerTeam = async (
  parts: AnswerTeamParts, { question: bytes, from, now }: TeamQuestion, signal: AbortSignal,
): Promise<Uint8Array> => {
  const question = decodeNpmQuestion(bytes)
  if (!parts.allowance.take(from, question.tarballs.length, now)) throw new GgenError('too-busy', `${from} asks for too many archives`)
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
  // Whoever asked could not tell a document that its registry signed from another one yet.
  return encodeNpmAnswer({ tarballs, enclosed, documents: question.documents.map(() => undefined) })
}

const heldFor = async (
  { records, blobs, sharesPrivate, withholds }: AnswerTeamParts, sha512: Sha512, from: PeerId,
): Promise<{ readonly digest: Digest; readonly sizeBytes: number } | undefined> => {
  const known = records.tarball(sha512)
  if (known === undefined || (known.isPrivate && !sharesPrivate(from)) || withholds(known.digest)) return undefined
  const { digest, sizeBytes } = known
  return (await blobs.size(digest)) === sizeBytes ? { digest, sizeBytes } : undefined
}

/** Of two who want the same at the same time, one waits for the other; who fetches it already is waited for in any case. */
const isComing = ({ doing, self }: AnswerTeamParts, sha512: Sha512, from: PeerId): boolean => {
  const now = doing(sha512)
  return now === 'fetching' || (now === 'asking' && rankOf(self, sha512) < rankOf(from, sha512))
}

const readWhole = async (blobs: BlobStore, { digest, sizeBytes }: { readonly digest: Digest; readonly sizeBytes: number }): Promise<Uint8Array | undefined> => {
  const [read] = await Promise.allSettled([blobs.read(digest, { offset: 0, length: sizeBytes })])
  return read.status === 'fulfilled' && read.value.length === sizeBytes ? read.value : undefined
}
