import { type Giver, GgenError, isGgenError, LIMITS, pieceCount } from '#core'
import type { Network } from '#network'
import { type BlobAnswer, type BlobQuestion, decodeBlobQuestion, encodeBlobAnswer } from '#wire'
import type { BlobShelf, ShelvedBlob } from './blob-source.ts'

/** Waits before so many bytes are sent to a peer; `undefined`: at once. */
export type Pace = (peer: Giver, bytes: number, signal: AbortSignal) => Promise<void> | undefined

/** Answers `/ggen/blob/1`: whoever knows a digest may have its bytes, nobody can list them. Dispose to stop. */
export const answerBlobs = (network: Network, shelf: BlobShelf, pace?: Pace): Disposable =>
  network.answer('/ggen/blob/1', async (question, from, signal) => {
    const wanted = decodeBlobQuestion(question)
    const answer = await readRange(shelf, wanted, signal)
    if (answer !== undefined) await pace?.(from, answer.bytes.length, signal)
    return encodeBlobAnswer(answer)
  })

/** Whether every piece that a range touches can be given. */
export const covers = ({ sizeBytes, pieces }: ShelvedBlob, offset: number, length: number): boolean => {
  if (offset + length > sizeBytes) return false
  if (pieces === undefined) return true
  const last = Math.min(pieceCount(sizeBytes), Math.ceil((offset + length) / LIMITS.pieceBytes))
  for (let piece = Math.floor(offset / LIMITS.pieceBytes); piece < last; piece++) if (!pieces.has(piece)) return false
  return true
}

const readRange = async (shelf: BlobShelf, { digest, offset, length }: BlobQuestion, signal: AbortSignal): Promise<BlobAnswer> => {
  const held = await shelf.look(digest)
  if (held === undefined) return undefined
  const cut = Math.max(0, Math.min(length, held.sizeBytes - offset))
  if (cut === 0) return { sizeBytes: held.sizeBytes, bytes: new Uint8Array(0) }
  if (!covers(held, offset, cut)) return undefined
  try {
    const bytes = Buffer.concat(await Array.fromAsync(shelf.read(digest, { offset, length: cut }, signal)))
    if (bytes.length !== cut) throw new GgenError('store-broken', `the store gave ${bytes.length} bytes of ${cut}`)
    return { sizeBytes: held.sizeBytes, bytes }
  } catch (error) {
    if (isGgenError(error, 'blob-not-found')) return undefined
    throw error
  }
}
