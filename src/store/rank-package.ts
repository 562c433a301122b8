import type { IdentityId, PackageName } from '#core'
import type { KeptSignal, RankPart, SearchSignals } from './package-search.ts'

/** Where the words of a query stand in an entry, best first. `filter`: there were no words. */
export const FIELDS = ['exact name', 'name prefix', 'name', 'tag', 'text', 'filter'] as const

/** One of `FIELDS`. */
export type Field = (typeof FIELDS)[number]

/** What ranking needs to know of an entry that matches. */
export interface Match {
  readonly name: PackageName
  readonly identity: IdentityId
  /** Unix seconds, publisher's clock: for the order by date alone, because it can be dated back. */
  readonly at: number
  /** Unix seconds, this node's clock. */
  readonly known: number
  readonly deprecated: boolean
  readonly field: Field
  /** Every word is a whole word of the entry, not the beginning of one. */
  readonly isWhole: boolean
  /** It matches words that were corrected, not those that were given. */
  readonly isCorrected: boolean
}

/** So far apart that nothing below lifts a match over one whose words stand in a better field. */
const FIELD_POINTS: Readonly<Record<Field, number>> = {
  'exact name': 0.93, 'name prefix': 0.77, 'name': 0.61, 'tag': 0.45, 'text': 0.29, 'filter': 0.5,
}
const WHOLE_POINTS = 0.02
const KEPT_POINTS = 0.03
const KNOWN_POINTS = 0.02
/** More than all of the above together: what is deprecated comes after everything else of its field. */
const DEPRECATED_POINTS = -0.08
/** What is left of the score of a match of corrected words: less than the worst of the words that were given. */
const CORRECTED_SHARE = 0.2
/** Knowing a package longer than this makes no difference. */
const KNOWN_DAYS = 3650
const DAY_SECONDS = 86_400

/** What speaks for a match, or against it. */
interface Signal {
  readonly nameOf: (match: Match, reason: KeptSignal['reason'] | undefined) => string
  readonly pointsOf: (match: Match, reason: KeptSignal['reason'] | undefined, now: number) => number
}

const SIGNALS: readonly Signal[] = [
  { nameOf: ({ field }) => field, pointsOf: ({ field }) => FIELD_POINTS[field] },
  { nameOf: () => 'whole words', pointsOf: ({ isWhole }) => (isWhole ? WHOLE_POINTS : 0) },
  { nameOf: (_, reason) => (reason === 'own' ? 'published here' : 'pinned'), pointsOf: (_, reason) => (reason === undefined ? 0 : KEPT_POINTS) },
  { nameOf: () => 'known for long', pointsOf: ({ known }, _, now) => rounded(KNOWN_POINTS * experience(now - known)) },
  { nameOf: () => 'deprecated', pointsOf: ({ deprecated }) => (deprecated ? DEPRECATED_POINTS : 0) },
]

/** How well a match answers, as seen from this node at a moment (Unix seconds). */
export class Ranking {
  readonly #kept: ReadonlyMap<string, KeptSignal['reason']>
  readonly #now: number

  constructor({ kept }: SearchSignals, now: number) {
    this.#kept = new Map(kept.map(({ identity, name, reason }) => [`${identity} ${name}`, reason]))
    this.#now = now
  }

  /** In [0, 1], three decimals. */
  scoreOf(match: Match): number {
    const sum = this.#sum(match)
    return rounded(match.isCorrected ? sum * CORRECTED_SHARE : sum)
  }

  /** Why it has its score: their points add up to it. */
  partsOf(match: Match): readonly RankPart[] {
    const reason = this.#reason(match)
    const parts = SIGNALS.map(({ nameOf, pointsOf }) => ({ signal: nameOf(match, reason), points: pointsOf(match, reason, this.#now) }))
    if (match.isCorrected) parts.push({ signal: 'corrected words', points: rounded(this.scoreOf(match) - this.#sum(match)) })
    return parts.filter(({ points }) => points !== 0)
  }

  /** Without anything that is put together: a question has thousands of matches, and shows a page of them. */
  #sum(match: Match): number {
    const reason = this.#reason(match)
    let sum = 0
    for (const { pointsOf } of SIGNALS) sum += pointsOf(match, reason, this.#now)
    return sum
  }

  #reason({ identity, name }: Match): KeptSignal['reason'] | undefined {
    return this.#kept.size === 0 ? undefined : this.#kept.get(`${identity} ${name}`)
  }
}

/** In [0, 1], and the slower the longer: a day counts much for what is new, and little for what is old. */
const experience = (seconds: number): number => Math.min(1, Math.log1p(Math.max(0, seconds) / DAY_SECONDS) / Math.log1p(KNOWN_DAYS))

const rounded = (points: number): number => Math.round(points * 1000) / 1000
