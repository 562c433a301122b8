import { type Clock, isGgenError, LIMITS, type PeerId } from '#core'
import type { Network } from '#network'
import { decodeSearchOps, encodeSearchQuestion } from '#wire'
import type { ParsedQuery } from './parse-query.ts'

export interface PeerSearchParts {
  readonly network: Network
  readonly clock: Clock
  /** Takes unchecked envelopes in; rejects with a `GgenError` when one is not valid. */
  readonly take: (envelopes: readonly Uint8Array[]) => Promise<void>
}

/** How many peers were asked, and how many of them answered in time. */
export interface PeerAnswers {
  readonly asked: number
  readonly answered: number
}

/**
 * Asks a few connected peers and takes in the ops they answer with; afterwards the own catalogue knows the hits, checked and ranked
 * by ourselves. Resolves at the latest after the search deadline.
 */
export const searchPeers = async ({ network, clock, take }: PeerSearchParts, query: ParsedQuery, signal: AbortSignal): Promise<PeerAnswers> => {
  const question = questionOf(query)
  const deadline = AbortSignal.any([signal, clock.timeout(LIMITS.peerSearchTimeoutMs)])
  const asked = network.peers().filter(({ protocols }) => protocols.includes('/ggen/search/1')).slice(0, LIMITS.peerSearchFanout)
  const answers = await Promise.all(asked.map(({ peer }) => askOne({ network, take }, peer, { question, deadline })))
  signal.throwIfAborted()
  return { asked: asked.length, answered: answers.filter((answered) => answered).length }
}

/** The bytes of a query on the way to a peer: the same ones for each of its pages. */
export const questionOf = ({ words, limit, order: _order, cursor: _cursor, ...filters }: ParsedQuery): Uint8Array =>
  encodeSearchQuestion({ words, limit: Math.min(limit, LIMITS.searchAnswerHits), ...filters })

interface Asked {
  readonly question: Uint8Array
  readonly deadline: AbortSignal
}

/** A peer that is slow, gone or wrong is one answer less, never an error of the search. */
const askOne = async ({ network, take }: Pick<PeerSearchParts, 'network' | 'take'>, peer: PeerId, { question, deadline }: Asked): Promise<boolean> => {
  try {
    await take(decodeSearchOps(await network.ask(peer, '/ggen/search/1', question, deadline)).ops)
    return true
  } catch (error) {
    if (isGgenError(error) || deadline.aborted) return false
    throw error
  }
}
