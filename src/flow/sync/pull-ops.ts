import { type Clock, type FeedOp, GgenError, type IdentityId, LIMITS, type Op, type OpId, type PackageName, type PeerId } from '#core'
import type { Network } from '#network'
import type { Catalogue, OpRef } from '#store'
import { decodeFeedOps, decodeFeedPage, decodeFeedSummary, encodeFeedQuestion, type FeedQuestion } from '#wire'

/** How an envelope is judged; the shape of `flow/verify`'s admission that this step needs. */
export type Judged =
  | { readonly outcome: 'added' | 'known' | 'orphan' | 'early'; readonly op: Op }
  | { readonly outcome: 'refused'; readonly reason: string }

export interface PullParts {
  readonly network: Network
  readonly catalogue: Catalogue
  readonly admit: (envelope: Uint8Array) => Judged
  /** Hears of releases and status ops that are new. */
  readonly onAdded: (op: FeedOp) => void
  readonly clock: Clock
}

type Ask = (question: FeedQuestion) => Promise<Uint8Array>

const asking = ({ network, clock }: PullParts, peer: PeerId, signal: AbortSignal): Ask =>
  (question) => network.ask(peer, '/ggen/feed/1', encodeFeedQuestion(question), AbortSignal.any([signal, clock.timeout(LIMITS.askTimeoutMs)]))

/**
 * Brings everything that a peer has and we lack. Equal sets cost one question. Resolves to the number of ops added.
 * Throws `peer-unreachable`, `timeout`, `frame-invalid`, and `op-invalid` when the peer sends what no honest node sends.
 */
export const pullMissing = async (parts: PullParts, peer: PeerId, signal: AbortSignal): Promise<number> => {
  const { catalogue } = parts
  const ask = asking(parts, peer, signal)
  const theirs = decodeFeedSummary(await ask({ ask: 'summary' }))
  const ours = catalogue.summary()
  if (theirs.fingerprint === ours.fingerprint && theirs.ops === ours.ops) return 0
  const intake = new Intake(parts)
  let after: OpRef | undefined
  for (;;) {
    const refs = decodeFeedPage(await ask({ ask: 'page', after, limit: LIMITS.syncPageOps }))
    assertOrder(after, refs)
    const missing = refs.filter((ref) => catalogue.opBytes(ref.id) === undefined).map((ref) => ref.id)
    for (let index = 0; index < missing.length; index += LIMITS.feedOps) {
      const wanted = missing.slice(index, index + LIMITS.feedOps)
      intake.take(decodeFeedOps(await ask({ ask: 'ops', ids: wanted })).ops)
    }
    after = refs.at(-1)
    if (after === undefined || refs.length < LIMITS.syncPageOps) return intake.added
  }
}

/** Pages must move forward, or a lying peer could keep us busy for ever. */
const assertOrder = (after: OpRef | undefined, refs: readonly OpRef[]): void => {
  let last = after
  for (const ref of refs) {
    if (last !== undefined && (ref.at < last.at || (ref.at === last.at && ref.id <= last.id))) throw new GgenError('frame-invalid', 'a page out of order')
    last = ref
  }
}

/** Brings one identity's chain and one package's ops from a peer. Resolves to the number of ops added; throws as `pullMissing`. */
export const pullPackage = async (
  parts: PullParts, peer: PeerId, what: { readonly identity: IdentityId; readonly name: PackageName | undefined; readonly signal: AbortSignal },
): Promise<number> => {
  const intake = new Intake(parts)
  const ask = asking(parts, peer, what.signal)
  for (let skip = 0; ; skip += LIMITS.feedOps) {
    const answer = decodeFeedOps(await ask({ ask: 'package', identity: what.identity, name: what.name, skip }))
    intake.take(answer.ops)
    if (!answer.more || answer.ops.length === 0) return intake.added
  }
}

/** Takes ops in whatever order they come: what waits for a parent of the same second is tried again when others arrived. */
export class Intake {
  added = 0
  #waiting = new Map<OpId, Uint8Array>()
  readonly #parts: Pick<PullParts, 'admit' | 'onAdded'>

  constructor(parts: Pick<PullParts, 'admit' | 'onAdded'>) {
    this.#parts = parts
  }

  /** Throws `op-invalid` for an op that no honest node would send. */
  take(envelopes: readonly Uint8Array[]): void {
    let batch = envelopes
    while (batch.length > 0) {
      const before = this.added
      for (const envelope of batch) this.#one(envelope)
      batch = this.added > before ? [...this.#waiting.values()] : []
      if (batch.length > 0) this.#waiting = new Map()
    }
  }

  #one(envelope: Uint8Array): void {
    const judged = this.#parts.admit(envelope)
    if (judged.outcome === 'refused') {
      const { reason } = judged
      throw new GgenError('op-invalid', `a peer sent an op that is not valid: ${reason}`, { details: { reason } })
    }
    if (judged.outcome === 'orphan' && this.#waiting.size < LIMITS.parkedOps) this.#waiting.set(judged.op.id, envelope)
    if (judged.outcome !== 'added') return
    this.added += 1
    if (judged.op.type === 'release' || judged.op.type === 'status') this.#parts.onAdded(judged.op)
  }
}
