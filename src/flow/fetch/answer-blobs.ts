import { isGgenError } from '#core'
import type { Network } from '#network'
import type { BlobStore } from '#store'
import { type BlobAnswer, type BlobQuestion, decodeBlobQuestion, encodeBlobAnswer } from '#wire'

/** Answers `/ggen/blob/1`: whoever knows a digest may have its bytes, nobody can list them. Dispose to stop. */
export const answerBlobs = (network: Network, blobs: BlobStore): Disposable =>
  network.answer('/ggen/blob/1', async (question, _from, signal) => encodeBlobAnswer(await readRange(blobs, decodeBlobQuestion(question), signal)))

const readRange = async (blobs: BlobStore, { digest, offset, length }: BlobQuestion, signal: AbortSignal): Promise<BlobAnswer> => {
  const sizeBytes = await blobs.size(digest)
  if (sizeBytes === undefined) return undefined
  try {
    return { sizeBytes, bytes: await blobs.read(digest, { offset, length }, signal) }
  } catch (error) {
    if (isGgenError(error, 'blob-not-found')) return undefined
    throw error
  }
}
