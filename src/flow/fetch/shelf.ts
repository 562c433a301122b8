import { type Digest, LIMITS, type PieceSet } from '#core'
import type { BlobShelf, ShelvedBlob } from '#bulk'
import { blobNotFound, type BlobStore } from '#store'

/** A download under way, as far as others may have of it. */
export interface RunningBlob {
  readonly sizeBytes: number
  /** The pieces that are verified and written; grows. */
  readonly pieces: PieceSet
  /** Bytes inside verified pieces. */
  read(range: { readonly offset: number; readonly length: number }): Promise<Uint8Array>
}

export interface ShelfParts {
  readonly blobs: BlobStore
  /** The download of a blob, where one is under way. */
  readonly running: (digest: Digest) => RunningBlob | undefined
  /** Whether nobody is given a blob although it is here. Asked for every blob that somebody wants. */
  readonly withholds?: (digest: Digest) => boolean
}

/**
 * What this node can give: whole blobs out of the store, whose bytes are hashed again when that is long ago, and of running downloads what is
 * verified. Whoever knows a digest may have its bytes.
 */
export const createShelf = (parts: ShelfParts): BlobShelf => ({
  look: async (digest): Promise<ShelvedBlob | undefined> => {
    const sizeBytes = await parts.blobs.size(digest)
    const part = sizeBytes === undefined ? parts.running(digest) : undefined
    if ((sizeBytes !== undefined || part !== undefined) && parts.withholds?.(digest) === true) return undefined
    if (sizeBytes !== undefined) return { sizeBytes }
    return part === undefined || part.pieces.size === 0 ? undefined : { sizeBytes: part.sizeBytes, pieces: part.pieces }
  },
  read: (digest, range, signal) => readRange(parts, digest, { ...range, signal }),
  recycle: (chunk) => parts.blobs.recycle(chunk),
})

/** Too little to be read in chunks. */
const LITTLE_BYTES = LIMITS.lotBytes / 2

interface Reading {
  readonly offset: number
  readonly length: number
  readonly signal: AbortSignal
}

/** A running download gives piece by piece, and what is left comes from the store once it is complete. */
async function* readRange({ blobs, running, withholds }: ShelfParts, digest: Digest, { offset, length, signal }: Reading): AsyncGenerator<Uint8Array> {
  if (withholds?.(digest) === true) throw blobNotFound(digest)
  const end = offset + length
  if (length <= LITTLE_BYTES && running(digest) === undefined) {
    if (!(await blobs.confirm(digest))) throw blobNotFound(digest)
    // Little is read in one go: each visit to the disk takes longer than the reading.
    yield await blobs.read(digest, { offset, length }, signal)
    return
  }
  for (let at = offset; at < end; ) {
    signal.throwIfAborted()
    if ((await blobs.size(digest)) !== undefined) {
      if (!(await blobs.confirm(digest))) throw blobNotFound(digest)
      yield* blobs.stream(digest, { range: { offset: at, length: end - at }, chunkBytes: LIMITS.lotBytes, signal })
      return
    }
    const bytes = await readPiece(running(digest), digest, { offset: at, end }).catch(async (error: unknown) => {
      // It may have been completed while it was read.
      if ((await blobs.size(digest)) === undefined) throw error
      return new Uint8Array(0)
    })
    if (bytes.length > 0) yield bytes
    at += bytes.length
  }
}

interface Rest {
  readonly offset: number
  readonly end: number
}

const readPiece = async (part: RunningBlob | undefined, digest: Digest, { offset, end }: Rest): Promise<Uint8Array> => {
  const piece = Math.floor(offset / LIMITS.pieceBytes)
  if (part === undefined || end > part.sizeBytes || !part.pieces.has(piece)) throw blobNotFound(digest)
  return part.read({ offset, length: Math.min(end, (piece + 1) * LIMITS.pieceBytes) - offset })
}
