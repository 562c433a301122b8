import { GgenError, type OpId, LIMITS, type PeerId } from '#core'
import { envelopeId } from '#trust'
import { decodeFeedBatch, type FeedBatch } from '#wire'
import { askFeed, type FeedParts } from './ask-feed.ts'
import type { Intake } from './intake.ts'

interface Wanted {
  readonly ids: readonly OpId[]
  readonly intake: Intake
  readonly signal: AbortSignal
}

/**
 * Brings ops by their ids from a peer, and asks for the next while the last are judged. Those that the peer does not have are left out. Throws
 * what asking throws, `frame-invalid` when the peer answers with what nobody asked for, and `op-invalid` when it sends what no honest node
 * sends; what came by then is kept.
 */
export const pullOps = async (parts: FeedParts, peer: PeerId, { ids, intake, signal }: Wanted): Promise<void> => {
  let left = ids
  const ask = async (): Promise<FeedBatch | undefined> => {
    const wanted = left.slice(0, LIMITS.feedIds)
    if (wanted.length === 0) return undefined
    const batch = decodeFeedBatch(await askFeed(parts, peer, { question: { ask: 'ops', ids: wanted }, signal }))
    if (batch.seen === 0 || batch.seen > wanted.length) throw new GgenError('frame-invalid', 'a batch of ops that says nothing of what was asked')
    assertWanted(batch.ops, wanted.slice(0, batch.seen))
    left = left.slice(batch.seen)
    return batch
  }
  let coming = ask()
  for (let batch = await coming; batch !== undefined; batch = await coming) {
    coming = ask()
    // It is looked at in the next round; should judging fail before, its failure is of no interest.
    coming.catch(() => undefined)
    await intake.take(batch.ops, signal)
  }
}

const assertWanted = (envelopes: readonly Uint8Array[], ids: readonly OpId[]): void => {
  const wanted = new Set(ids)
  for (const envelope of envelopes) if (!wanted.delete(envelopeId(envelope))) throw new GgenError('frame-invalid', 'an op that nobody asked for')
}
