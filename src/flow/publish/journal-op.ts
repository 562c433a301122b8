import { type FeedOp, GgenError, type IdentityId, isFeedOp, isOpinion, type OneRegistry, type OpId, type PublicKey } from '#core'
import type { ChainKey, TrustStore } from '#store'
import { encodePayload, type IdentityView, type OpDraft, opIdOf, type PackageView } from '#trust'

/** Something to sign: its id, and the exact bytes. */
export interface PreparedOp {
  readonly intent: OpId
  readonly payload: Uint8Array
}

export interface Journaling {
  /** Unix milliseconds. */
  readonly now: number
  /** Who alone is to be told of it; absent: everybody. */
  readonly tells?: OneRegistry
}

/**
 * Writes down the exact payload of an op before anybody can sign it, so that a crash can never make a publisher contradict itself. Takes the place of
 * what was prepared there before. Throws `op-invalid` for a draft that no reader would accept, `publish-expired` and `too-busy`.
 */
export const journalOp = (trust: TrustStore, draft: Exclude<OpDraft, { type: 'genesis' }>, { now, tells }: Journaling): PreparedOp => {
  const payload = encodePayload(draft)
  const intent = opIdOf(payload)
  const version = draft.type === 'release' ? { version: draft.body.version } : {}
  const told = tells === undefined ? {} : { tells }
  trust.putIntent({ id: intent, ...chainOfDraft(draft, intent), ...version, seq: draft.seq, payload, ...told, state: 'prepared', createdAt: now })
  return { intent, payload }
}

const chainOfDraft = (draft: Exclude<OpDraft, { type: 'genesis' }>, id: OpId): ChainKey => {
  const { identity } = draft
  if (isFeedOp(draft)) return { identity, name: draft.body.name, feed: draft.feed }
  return isOpinion(draft) ? { identity, opinion: id, feed: draft.key } : { identity }
}

export interface FeedSituation {
  readonly identity: IdentityView
  readonly feed: PublicKey
  /** What is known of the package so far. */
  readonly known: PackageView
  /** Unix milliseconds. */
  readonly now: number
  /** Unix seconds of the latest op this one may stand on: a clock that went back must not date a child before its parents. */
  readonly notBefore: number
}

/** Where the next op of a feed stands: after the later one of what this node signed and what the network knows. */
export const nextInFeed = (
  trust: TrustStore, { identity, feed, known, now, notBefore }: FeedSituation,
): Pick<FeedOp, 'identity' | 'feed' | 'seq' | 'prev' | 'at'> => {
  const own = trust.ownHead({ identity: identity.identity, name: known.name, feed })
  const end = laterEnd(own, known.heads.get(feed))
  const place = end === undefined ? { seq: 0 } : { seq: end.seq + 1, prev: end.head }
  return { identity: identity.identity, feed, ...place, at: Math.max(Math.floor(now / 1000), notBefore) }
}

interface FeedEnd {
  readonly seq: number
  readonly head: OpId
}

const laterEnd = (own: FeedEnd | undefined, seen: FeedEnd | undefined): FeedEnd | undefined =>
  own === undefined || (seen !== undefined && seen.seq > own.seq) ? seen : own

/** A publisher whose last op a feed shows as forked cannot go on with that feed; the identity of a fork is for its owner to resolve. */
export const assertFeedHealthy = (known: PackageView, feed: PublicKey, identity: IdentityId): void => {
  if (known.suspended.some((suspension) => suspension.feed === feed)) {
    throw new GgenError('conflict', `the key of ${identity} signed two different records at one place; ${known.name} cannot go on with it`, {
      hint: 'publish with another release key of this identity, and find out who else has this one',
    })
  }
}
