import { chunkListId, encodeChunkList } from '#wire'
import type { OpId } from '#core'
import { PieceHasher } from './piece-hasher.ts'

/** The list of the pieces of an archive, which others need to take it from several at once; `undefined`: it is one piece. Throws what `chunks` throws. */
export const listChunks = async (chunks: AsyncIterable<Uint8Array>): Promise<{ readonly id: OpId; readonly bytes: Uint8Array } | undefined> => {
  const hasher = new PieceHasher()
  for await (const chunk of chunks) hasher.update(chunk)
  const hashes = hasher.finish()
  if (hashes.length <= 1) return undefined
  const bytes = encodeChunkList(hashes)
  return { id: chunkListId(bytes), bytes }
}
