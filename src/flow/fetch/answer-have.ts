import { type Clock, type Digest, GgenError, isGgenError, LIMITS } from '#core'
import type { BlobShelf, BulkChannel, Pace, ShelvedBlob } from '#bulk'
import type { Network } from '#network'
import { decodeHaveQuestion, encodeHaveAnswer, type HaveQuestion } from '#wire'
import { DigestAllowances } from './digest-allowances.ts'

export interface AnswerHaveParts {
  readonly network: Network
  readonly shelf: Pick<BlobShelf, 'look' | 'read'>
  readonly clock: Clock
  /** Absent: blobs are given over libp2p only. */
  readonly bulk?: Pick<BulkChannel, 'offer'>
  /** Waits before so many bytes are enclosed. */
  readonly pace?: Pace | undefined
}

/** Looks under way for one question: the disk serves many questions side by side, and the longest must not keep the others waiting. */
const LOOKS = 4

/**
 * Answers `/ggen/have/1`: what of these blobs can be had here, the small ones themselves where that is wanted, and how to come for the others.
 * Nobody can list what is held, and who asks for too many hears that this node is busy. Dispose to stop.
 */
export const answerHave = ({ network, shelf, clock, bulk, pace }: AnswerHaveParts): Disposable => {
  const allowances = new DigestAllowances()
  return network.answer('/ggen/have/1', async (bytes, from, signal) => {
    const question = decodeHaveQuestion(bytes)
    if (!allowances.take(from, question.digests.length, clock.monotonic())) throw new GgenError('too-busy', `${from} asks for too many blobs`)
    const found = await lookFor(shelf, question, signal)
    const enclosedBytes = found.enclosed.values().reduce((sum, { length }) => sum + length, 0)
    if (enclosedBytes > 0) await pace?.(from, enclosedBytes, signal)
    return encodeHaveAnswer({ ...found, bulk: bulk?.offer(from) })
  })
}

type Shelf = AnswerHaveParts['shelf']

interface Found {
  readonly held: readonly (ShelvedBlob | undefined)[]
  readonly enclosed: ReadonlyMap<number, Uint8Array>
}

const lookFor = async (shelf: Shelf, { digests, enclose }: HaveQuestion, signal: AbortSignal): Promise<Found> => {
  const held: (ShelvedBlob | undefined)[] = []
  const enclosed = new Map<number, Uint8Array>()
  const next = digests.entries()
  let room: number = LIMITS.enclosedBytes
  const work = async (): Promise<void> => {
    for (const [index, digest] of next) {
      signal.throwIfAborted()
      const blob = await shelf.look(digest)
      held[index] = blob
      if (index >= enclose || blob === undefined || !isSmall(blob, room)) continue
      room -= blob.sizeBytes
      const bytes = await readAll(shelf, { digest, sizeBytes: blob.sizeBytes }, signal)
      if (bytes !== undefined) enclosed.set(index, bytes)
    }
  }
  await Promise.all(Array.from({ length: Math.min(LOOKS, digests.length) }, work))
  return { held: Array.from(digests, (_, index) => held[index]), enclosed }
}

const isSmall = ({ sizeBytes, pieces }: ShelvedBlob, room: number): boolean =>
  pieces === undefined && sizeBytes > 0 && sizeBytes <= Math.min(room, LIMITS.enclosedBlobBytes)

/** All of a small blob; nothing when it was dropped just now. */
const readAll = async (
  shelf: Shelf, { digest, sizeBytes }: { readonly digest: Digest; readonly sizeBytes: number }, signal: AbortSignal,
): Promise<Uint8Array | undefined> => {
  try {
    const bytes = Buffer.concat(await Array.fromAsync(shelf.read(digest, { offset: 0, length: sizeBytes }, signal)))
    return bytes.length === sizeBytes ? bytes : undefined
  } catch (error) {
    if (isGgenError(error, 'blob-not-found')) return undefined
    throw error
  }
}
