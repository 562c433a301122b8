import { GgenError, type IdentityId, type OpId, LIMITS, type PeerId } from '#core'
import { envelopeId, reopenOp } from '#trust'
import { decodeFeedBatch } from '#wire'
import { askFeed, type FeedParts } from './ask-feed.ts'
import type { Batch, Intake } from './intake.ts'

interface Wanted {
  readonly ids: readonly OpId[]
  /** Whose they have to be; absent: anybody's. */
  readonly of?: IdentityId
  readonly intake: Intake
  readonly signal: AbortSignal
}

/**
 * Brings ops by their ids from a peer, and asks for the next while the last are judged. Those that the peer does not have are left out. Throws
 * what asking throws, `frame-invalid` when the peer answers with what nobody asked for, and `op-invalid` when it sends what no honest node
 * sends; what came by then is kept.
 */
export const pullOps = async (parts: FeedParts, peer: PeerId, { intake, ...wanted }: Wanted): Promise<void> => {
  await intake.takeAll(batchesOf(parts, peer, wanted), wanted.signal)
}

async function* batchesOf(parts: FeedParts, peer: PeerId, { ids, of, signal }: Omit<Wanted, 'intake'>): AsyncGenerator<Batch> {
  let left = ids
  while (left.length > 0) {
    const wanted = left.slice(0, LIMITS.feedIds)
    const { ops, seen } = decodeFeedBatch(await askFeed(parts, peer, { question: { ask: 'ops', ids: wanted }, signal }))
    if (seen === 0 || seen > wanted.length) throw new GgenError('frame-invalid', 'a batch of ops that says nothing of what was asked')
    assertWanted(ops, wanted.slice(0, seen))
    if (of !== undefined && ops.some((envelope) => reopenOp(envelope).identity !== of)) throw new GgenError('frame-invalid', 'an op of somebody else')
    left = left.slice(seen)
    yield { envelopes: ops }
  }
}

const assertWanted = (envelopes: readonly Uint8Array[], ids: readonly OpId[]): void => {
  const wanted = new Set(ids)
  for (const envelope of envelopes) if (!wanted.delete(envelopeId(envelope))) throw new GgenError('frame-invalid', 'an op that nobody asked for')
}
