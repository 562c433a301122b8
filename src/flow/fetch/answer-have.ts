import { type Clock, type Digest, GgenError } from '#core'
import type { BlobShelf, BulkChannel, ShelvedBlob } from '#bulk'
import type { Network } from '#network'
import { decodeHaveQuestion, encodeHaveAnswer } from '#wire'
import { DigestAllowances } from './digest-allowances.ts'

export interface AnswerHaveParts {
  readonly network: Network
  readonly shelf: Pick<BlobShelf, 'look'>
  readonly clock: Clock
  /** Absent: blobs are given over libp2p only. */
  readonly bulk?: Pick<BulkChannel, 'offer'>
}

/** Looks under way for one question: the disk serves many questions side by side, and the longest must not keep the others waiting. */
const LOOKS = 4

/**
 * Answers `/ggen/have/1`: what of these blobs can be had here, and how to come for it. Nobody can list what is held, and who asks for too
 * many hears that this node is busy. Dispose to stop.
 */
export const answerHave = ({ network, shelf, clock, bulk }: AnswerHaveParts): Disposable => {
  const allowances = new DigestAllowances()
  return network.answer('/ggen/have/1', async (question, from, signal) => {
    const digests = decodeHaveQuestion(question)
    if (!allowances.take(from, digests.length, clock.monotonic())) throw new GgenError('too-busy', `${from} asks for too many blobs`)
    const held = await lookFor(shelf, digests, signal)
    return encodeHaveAnswer({ held, bulk: bulk?.offer(from) })
  })
}

const lookFor = async (shelf: Pick<BlobShelf, 'look'>, digests: readonly Digest[], signal: AbortSignal): Promise<(ShelvedBlob | undefined)[]> => {
  const held: (ShelvedBlob | undefined)[] = []
  const next = digests.entries()
  const work = async (): Promise<void> => {
    for (const [index, digest] of next) {
      signal.throwIfAborted()
      held[index] = await shelf.look(digest)
    }
  }
  await Promise.all(Array.from({ length: Math.min(LOOKS, digests.length) }, work))
  return Array.from(digests, (_, index) => held[index])
}
