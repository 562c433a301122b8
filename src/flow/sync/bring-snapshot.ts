import { type Clock, type Digest, digestOf, GgenError, isGgenError, LIMITS } from '#core'
import type { Catalogue } from '#store'
import { decodeSnapshotChunk, type Snapshot, type SnapshotAnswer, type SnapshotChunk } from '#wire'
import type { Intake } from './intake.ts'

export interface SnapshotSource {
  /** Asks the peer for its snapshot. */
  readonly ask: (signal: AbortSignal) => Promise<SnapshotAnswer>
  /** The bytes of a blob of the peer; throws what reading a blob throws. */
  readonly read: (blob: { readonly digest: Digest; readonly sizeBytes: number }, signal: AbortSignal) => Promise<Uint8Array>
}

export interface BringParts {
  readonly catalogue: Pick<Catalogue, 'isTaken' | 'noteTaken'>
  readonly clock: Clock
  readonly intake: Intake
}

/** Whether a snapshot is worth more than comparing: the hashes alone of what is missing would be a large part of it. */
export const wantsSnapshot = (own: number, theirs: number): boolean => theirs >= LIMITS.snapshotFromOps && own < theirs / 5

/** So many pieces are judged together: between them, whoever checks signatures has nothing to do. */
const AT_ONCE = 3

/**
 * Brings the catalogue of a peer a few pieces at a time, the next while the last are judged. Pieces that were taken in before, also by an earlier run of
 * the program, are left out, and so are those that the peer dropped. False when the peer has no snapshot. Throws what asking and reading
 * throw, `integrity` for bytes that are not the piece, `frame-invalid` for a piece that is none, and `op-invalid` for an op that no honest node
 * has; what came by then is kept.
 */
export const bringSnapshot = async (parts: BringParts, source: SnapshotSource, signal: AbortSignal): Promise<boolean> => {
  const snapshot = await waitForSnapshot(parts.clock, source, signal)
  if (snapshot === undefined) return false
  const left = snapshot.chunks.filter(({ digest }) => !parts.catalogue.isTaken(digest))
  const read = (place: number): Promise<readonly PromiseSettledResult<Piece>[]> =>
    Promise.allSettled(left.slice(place, place + AT_ONCE).map((chunk) => readChunk(source, chunk, signal)))
  let coming = read(0)
  for (let place = 0; place < left.length; place += AT_ONCE) {
    const results = await coming
    const failed = results.find((result) => result.status === 'rejected')
    if (failed === undefined) coming = read(place + AT_ONCE)
    const pieces = results.flatMap((result) => (result.status === 'fulfilled' ? result.value : []))
    await parts.intake.take(pieces.flatMap(({ envelopes }) => envelopes ?? []), signal)
    for (const { digest, envelopes } of pieces) if (envelopes !== undefined) parts.catalogue.noteTaken(digest)
    if (failed !== undefined) throw failed.reason
  }
  return true
}

interface Piece {
  readonly digest: Digest
  /** Absent: the peer made room for something else; comparing brings what was in it. */
  readonly envelopes?: readonly Uint8Array[]
}

const waitForSnapshot = async (clock: Clock, source: SnapshotSource, signal: AbortSignal): Promise<Snapshot | undefined> => {
  const until = clock.monotonic() + LIMITS.snapshotPatienceMs
  for (;;) {
    const answer = await source.ask(signal)
    if (typeof answer !== 'string') return answer
    if (answer === 'none' || clock.monotonic() >= until) return undefined
    await clock.wait(LIMITS.snapshotAskAgainMs, signal)
  }
}

const readChunk = async (source: SnapshotSource, chunk: SnapshotChunk, signal: AbortSignal): Promise<Piece> => {
  const { digest } = chunk
  try {
    const bytes = await source.read(chunk, signal)
    if (digestOf(bytes) === digest) return { digest, envelopes: decodeSnapshotChunk(bytes) }
  } catch (error) {
    if (isGgenError(error, 'blob-not-found')) return { digest }
    throw error
  }
  throw new GgenError('integrity', 'a piece of a snapshot has other bytes than its name says')
}
