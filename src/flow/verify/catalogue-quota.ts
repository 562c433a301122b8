import { type IdentityId, isChainOp, LIMITS, type Op } from '#core'
import type { Catalogue } from '#store'
import { chooseDropped } from './choose-dropped.ts'

/** Bytes that envelopes may take. */
export interface QuotaBytes {
  readonly total: number
  /** Of one identity that is not dear. */
  readonly perIdentity: number
}

export interface QuotaPolicy {
  readonly bytes: QuotaBytes
  /** Own, pinned or followed: what is of them is never left out or dropped. */
  readonly isDear: (identity: IdentityId) => boolean
  /** Hears of how many envelopes were dropped of whom. */
  readonly onDropped?: (identity: IdentityId, count: number) => void
}

/** So many envelopes of an identity. */
export interface Dropped {
  readonly identity: IdentityId
  readonly count: number
}

export const NO_QUOTA: QuotaPolicy = Object.freeze({ bytes: { total: Infinity, perIdentity: Infinity }, isDear: () => false })

/**
 * Keeps the envelopes of a catalogue within bounds. What does not fit stays in the set as its place alone, so that nodes with other quotas and
 * pins still hold the same set. An identity's own chain is always whole: without it nothing of that identity could be judged any more.
 */
export class CatalogueQuota {
  readonly #catalogue: Catalogue
  readonly #policy: QuotaPolicy
  /** Before it are only publishers that are dear. */
  #after: number | undefined

  constructor(catalogue: Catalogue, policy: QuotaPolicy) {
    this.#catalogue = catalogue
    this.#policy = policy
  }

  isDear(identity: IdentityId): boolean {
    return this.#policy.isDear(identity)
  }

  /** Whether its identity may have the envelope of one more op here. */
  hasRoom(op: Op): boolean {
    const { perIdentity } = this.#policy.bytes
    if (isChainOp(op) || perIdentity === Infinity) return true
    return this.#catalogue.envelopeBytes(op.identity) + op.bytes.length <= perIdentity || this.isDear(op.identity)
  }

  /**
   * Drops some envelopes when there are too many: more than come between two calls, and no more than a transaction should do at once. What went
   * is to be told with `tell` when that transaction stands.
   */
  trim(): readonly Dropped[] {
    const bytes = this.#catalogue.envelopeBytes() - this.#policy.bytes.total
    if (bytes <= 0) return []
    const page = this.#catalogue.newestPublishers(this.#after, LIMITS.quotaPublishers)
    const chosen = chooseDropped(page, { bytes, isDear: this.#policy.isDear })
    const dropped: Dropped[] = []
    let left = LIMITS.quotaDrops
    for (const identity of chosen) {
      if (left <= 0) break
      const count = this.#catalogue.dropEnvelopes(identity, left)
      if (count > 0) dropped.push({ identity, count })
      left -= count
    }
    // Newcomers stand before the place again as soon as the end is reached.
    this.#after = chosen.length > 0 || page.length < LIMITS.quotaPublishers ? undefined : page.at(-1)?.place
    return dropped
  }

  tell(dropped: readonly Dropped[]): void {
    for (const { identity, count } of dropped) this.#policy.onDropped?.(identity, count)
  }
}
