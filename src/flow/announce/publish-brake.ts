import { type IdentityId, isChainOp, isOpinion, LIMITS, type Op } from '#core'

/** Whose op it is, as its payload claims. */
export interface Braked {
  readonly op: Op
  /** Since when this node knows the identity, Unix milliseconds; `undefined`: not yet. */
  readonly knownSince: number | undefined
}

/** So much at once, and as much again over a time. */
interface Rate {
  readonly burst: number
  readonly perMs: number
}

/** What is left of a burst, at a time. */
interface Allowance {
  readonly left: number
  readonly at: number
}

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
const KEY: Rate = { burst: LIMITS.brakeKeyBurst, perMs: LIMITS.brakeKeyPerHour / HOUR_MS }
const IDENTITY: Rate = { burst: LIMITS.brakeIdentityPerHour, perMs: LIMITS.brakeIdentityPerHour / HOUR_MS }
const NEWCOMER: Rate = { burst: LIMITS.brakeNewcomerBurst, perMs: LIMITS.brakeNewcomerPerDay / DAY_MS }

/**
 * How much each publisher may have told by gossip: who goes over it is slowed, because comparing catalogues brings the rest. It is asked
 * before any signature is checked, and only what was then taken in counts, so that forged ops cost the one whose name they bear nothing.
 */
export class PublishBrake {
  /** Those that were used last stand last. */
  readonly #allowances = new Map<string, Allowance>()

  /** How many allowances are remembered: bounded. */
  get size(): number {
    return this.#allowances.size
  }

  /** Whether an op must wait for a comparison; changes nothing. `now`: Unix milliseconds. */
  defers(braked: Braked, now: number): boolean {
    return ratesFor(braked, now).some(([key, rate]) => this.#left(key, rate, now) < 1)
  }

  /** Counts an op that came by gossip and was taken in. */
  count(braked: Braked, now: number): void {
    for (const [key, rate] of ratesFor(braked, now)) {
      // What came while the parents of this one were fetched may have used the last of it.
      const left = Math.max(0, this.#left(key, rate, now) - 1)
      this.#allowances.delete(key)
      this.#allowances.set(key, { left, at: now })
    }
    while (this.#allowances.size > LIMITS.brakedPublishers) for (const oldest of this.#allowances.keys().take(1)) this.#allowances.delete(oldest)
  }

  /** A clock that was set back gives nothing. */
  #left(key: string, { burst, perMs }: Rate, now: number): number {
    const { left, at } = this.#allowances.get(key) ?? { left: burst, at: now }
    return Math.min(burst, left + Math.max(0, now - at) * perMs)
  }
}

/** The first op of an identity meets the narrowest allowance, and so do all of its first day here: a flood comes from fresh identities. */
const ratesFor = ({ op, knownSince }: Braked, now: number): readonly (readonly [string, Rate])[] => {
  const rates: (readonly [string, Rate])[] = [[`identity ${op.identity}`, IDENTITY]]
  if (!isChainOp(op)) rates.push([`key ${isOpinion(op) ? op.key : op.feed}`, KEY])
  if (knownSince === undefined || now - knownSince < LIMITS.brakeNewcomerMs) rates.push([`newcomer ${op.identity}`, NEWCOMER])
  return rates
}

/** What the brake needs to know of publishers. */
export interface Publishers {
  knownSince(identity: IdentityId): number | undefined
  /** Own, pinned or followed: what changes their keys must not be late. */
  isDear(identity: IdentityId): boolean
}
