import { createHash } from 'node:crypto'
import { pieceCount, pieceRange, PieceSet } from '#core'
import type { PartialBlob } from '#store'
import type { PieceCheck } from './download.ts'

/**
 * Which pieces of an interrupted try are right: all are read and compared, and those that are right count from then on. Throws what the store
 * throws, and the reason of an aborted signal.
 */
export const confirmPieces = async (partial: PartialBlob, check: PieceCheck, signal: AbortSignal): Promise<PieceSet> => {
  const here = new PieceSet(pieceCount(partial.sizeBytes))
  if (!partial.isResumed) return here
  for (let piece = 0; piece < here.count; piece++) {
    signal.throwIfAborted()
    const range = pieceRange(partial.sizeBytes, piece)
    const bytes = await partial.read(range)
    if (!check(piece, createHash('sha256').update(bytes).digest())) continue
    await partial.confirm(range.offset, bytes)
    here.add(piece)
  }
  return here
}
