import { isGgenError, LIMITS, type OpId, type PeerId } from '#core'
import { envelopeId } from '#trust'
import { decodeFeedBatch } from '#wire'
import { askFeed, type FeedParts } from './ask-feed.ts'

export interface CopiesWish {
  /** Other nodes that have to hold all of them. */
  readonly copies: number
  readonly waitMs: number
  readonly signal: AbortSignal
}

const FIRST_PAUSE_MS = 25
const LAST_PAUSE_MS = 500

/**
 * Waits until enough connected peers hold all of these ops; asks each again and again, and pushes nothing. Resolves to those that do, perhaps fewer than
 * wanted when the time is over. Throws the reason of the aborted signal.
 */
export const awaitCopies = async (parts: FeedParts, ids: readonly OpId[], { copies, waitMs, signal }: CopiesWish): Promise<readonly PeerId[]> => {
  const { network, clock } = parts
  const holders = new Set<PeerId>()
  const deadline = clock.timeout(waitMs)
  const over = AbortSignal.any([signal, deadline])
  try {
    for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(LAST_PAUSE_MS, pauseMs * 2)) {
      const open = network.peers().filter(({ peer, protocols }) => !holders.has(peer) && protocols.includes('/ggen/feed/1'))
      await Promise.all(open.slice(0, LIMITS.replicas).map(async ({ peer }) => {
        if (await holdsAll(parts, peer, { ids, signal: over })) holders.add(peer)
      }))
      if (holders.size >= copies) break
      await clock.wait(pauseMs, over)
    }
  } catch (error) {
    signal.throwIfAborted()
    if (!deadline.aborted) throw error
  }
  return [...holders]
}

/** A peer that is gone, slow or wrong holds nothing that counts; it is asked again. */
const holdsAll = async (parts: FeedParts, peer: PeerId, { ids, signal }: { readonly ids: readonly OpId[]; readonly signal: AbortSignal }): Promise<boolean> => {
  const missing = new Set(ids)
  try {
    for (let left = ids; left.length > 0; ) {
      const { ops, seen } = decodeFeedBatch(await askFeed(parts, peer, { question: { ask: 'ops', ids: left.slice(0, LIMITS.feedIds) }, signal }))
      if (seen === 0) return false
      for (const envelope of ops) missing.delete(envelopeId(envelope))
      left = left.slice(seen)
    }
  } catch (error) {
    signal.throwIfAborted()
    if (isGgenError(error) || (error instanceof Error && error.name === 'TimeoutError')) return false
    throw error
  }
  return missing.size === 0
}
