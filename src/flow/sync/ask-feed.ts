import { type Clock, LIMITS, type PeerId } from '#core'
import type { Network } from '#network'
import { encodeFeedQuestion, type FeedQuestion } from '#wire'

export interface FeedParts {
  readonly network: Network
  readonly clock: Clock
}

/** Asks a peer for ops; resolves to the bytes of its answer. Throws `peer-unreachable`, `timeout`, `too-busy` and `frame-invalid`. */
export const askFeed = (
  { network, clock }: FeedParts, peer: PeerId, { question, signal }: { readonly question: FeedQuestion; readonly signal: AbortSignal },
): Promise<Uint8Array> =>
  network.ask(peer, '/ggen/feed/1', encodeFeedQuestion(question), AbortSignal.any([signal, clock.timeout(LIMITS.askTimeoutMs)]))
