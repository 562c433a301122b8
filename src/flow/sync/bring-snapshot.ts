import { type Clock, type Digest, digestOf, GgenError, isGgenError, LIMITS } from '#core'
import type { Catalogue } from '#store'
import { decodeSnapshotChunk, type Snapshot, type SnapshotAnswer, type SnapshotChunk } from '#wire'
import type { Batch, Intake } from './intake.ts'

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

/**
 * Brings the catalogue of a peer piece by piece, the next while the last is judged. Pieces that were taken in before, also by an earlier run of
 * the program, are left out, and so are those that the peer dropped. False when the peer has no snapshot. Throws what asking and reading
 * throw, `integrity` for bytes that are not the piece, `frame-invalid` for a piece that is none, and `op-invalid` for an op that no honest node
 * has; what came by then is kept.
 */
export const bringSnapshot = async (parts: BringParts, source: SnapshotSource, signal: AbortSignal): Promise<boolean> => {
  const snapshot = await waitForSnapshot(parts.clock, source, signal)
  if (snapshot === undefined) return false
  await parts.intake.takeAll(piecesOf(snapshot, parts.catalogue, (chunk) => readChunk(source, chunk, signal)), signal)
  return true
}

type ReadChunk = (chunk: SnapshotChunk) => Promise<readonly Uint8Array[] | undefined>

async function* piecesOf(snapshot: Snapshot, catalogue: BringParts['catalogue'], read: ReadChunk): AsyncGenerator<Batch> {
  for (const chunk of snapshot.chunks) {
    if (catalogue.isTaken(chunk.digest)) continue
    const envelopes = await read(chunk)
    if (envelopes !== undefined) yield { envelopes, onTaken: () => catalogue.noteTaken(chunk.digest) }
  }
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

/** The envelopes in a piece; undefined when the peer made room for something else: comparing brings what was in it. */
const readChunk = async (source: SnapshotSource, chunk: SnapshotChunk, signal: AbortSignal): Promise<readonly Uint8Array[] | undefined> => {
  try {
    const bytes = await source.read(chunk, signal)
    if (digestOf(bytes) === chunk.digest) return decodeSnapshotChunk(bytes)
  } catch (error) {
    if (isGgenError(error, 'blob-not-found')) return undefined
    throw error
  }
  throw new GgenError('integrity', 'a piece of a snapshot has other bytes than its name says')
}
