import { isGgenError } from '#core'
import type { Network } from '#network'
import type { BlobStore } from '#store'
import { type BlobAnswer, type BlobQuestion, decodeBlobQuestion, decodeHaveQuestion, encodeBlobAnswer, encodeHaveAnswer } from '#wire'

/** Answers `/ggen/have/1` and `/ggen/blob/1`: whoever knows a digest may have its bytes, nobody can list them. Dispose to stop. */
export const answerBlobs = (network: Network, blobs: BlobStore): Disposable => {
  const stack = new DisposableStack()
  stack.use(
    network.answer('/ggen/have/1', async (question) => {
      const sizes = await Promise.all(decodeHaveQuestion(question).map((digest) => blobs.size(digest)))
      return encodeHaveAnswer(sizes.map((size) => size !== undefined))
    }),
  )
  stack.use(network.answer('/ggen/blob/1', async (question, _from, signal) => encodeBlobAnswer(await readRange(blobs, decodeBlobQuestion(question), signal))))
  return stack
}

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
