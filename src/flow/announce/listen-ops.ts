import { type Clock, type Events, isChainOp, isGgenError, LIMITS, type Op, type PeerId } from '#core'
import type { Network, Verdict } from '#network'
import { reopenOp } from '#trust'
import { PublishBrake, type Publishers } from './publish-brake.ts'

/** How an envelope is judged; the shape of `flow/verify`'s admission that this step needs. */
export type Judged =
  | { readonly outcome: 'added' | 'known' | 'orphan' | 'early'; readonly op: Op }
  | { readonly outcome: 'refused'; readonly reason: string }

export interface ListenParts {
  readonly network: Network
  readonly admit: (envelope: Uint8Array) => Judged
  /** Fetches what an op stands on from the peer that sent it; rejects when it cannot. */
  readonly pullParents: (op: Op, from: PeerId, signal: AbortSignal) => Promise<void>
  /** Hears of every op that is new. */
  readonly onAdded: (op: Op) => void
  readonly events: Events
  readonly clock: Clock
  readonly publishers: Publishers
}

/** Hears gossiped ops, takes the good ones in and lets only those travel on. Dispose to stop listening. */
export const listenForOps = ({ network, admit, pullParents, onAdded, events, clock, publishers }: ListenParts): Disposable => {
  const brake = new PublishBrake()
  return network.listen(async (message, from) => {
    const claimed = claimedOp(message)
    const braked = claimed && !isFree(claimed, publishers) ? { op: claimed, knownSince: publishers.knownSince(claimed.identity) } : undefined
    if (braked !== undefined && brake.defers(braked, clock.now())) {
      events.emit({ type: 'op-refused', reason: 'brake', peer: from })
      return 'ignore'
    }
    let judged = admit(message)
    if (judged.outcome === 'orphan') {
      try {
        await pullParents(judged.op, from, clock.timeout(LIMITS.askTimeoutMs))
      } catch (error) {
        if (!isGgenError(error)) throw error
        events.emit({ type: 'op-refused', reason: `parents: ${error.code}`, peer: from })
        return 'ignore'
      }
      judged = admit(message)
    }
    if (judged.outcome === 'added') onAdded(judged.op)
    if (judged.outcome === 'added' && braked !== undefined) brake.count(braked, clock.now())
    if (judged.outcome === 'refused') events.emit({ type: 'op-refused', reason: judged.reason, peer: from })
    return verdictOn(judged)
  })
}

/** What a message says it is; nothing of that is checked yet. What is no op at all is left to the judge. */
const claimedOp = (message: Uint8Array): Op | undefined => {
  try {
    return reopenOp(message)
  } catch (error) {
    if (!isGgenError(error, 'op-invalid')) throw error
    return undefined
  }
}

/** Keys that change must be known at once, at least those of publishers that matter here. */
const isFree = (op: Op, publishers: Publishers): boolean => isChainOp(op) && publishers.isDear(op.identity)

/** A known op travels on as well: it is new to somebody, and gossip itself drops repetitions. */
const verdictOn = (judged: Judged): Verdict => {
  switch (judged.outcome) {
    case 'added':
    case 'known':
      return 'accept'
    case 'orphan':
    case 'early':
      return 'ignore'
    case 'refused':
      return 'reject'
  }
}
