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

/** What a match is worth; the points of its parts add up to its score. */
export interface Rank {
  /** In [0, 1], three decimals. */
  readonly score: number
  readonly parts: readonly RankPart[]
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

/** How well a match answers, as seen from this node at a moment (Unix seconds). */
export class Ranking {
  readonly #kept: ReadonlyMap<string, KeptSignal['reason']>
  readonly #now: number

  constructor({ kept }: SearchSignals, now: number) {
    this.#kept = new Map(kept.map(({ identity, name, reason }) => [`${identity} ${name}`, reason]))
    this.#now = now
  }

  of(match: Match): Rank {
    const parts: RankPart[] = [{ signal: match.field, points: FIELD_POINTS[match.field] }]
    const kept = this.#kept.get(`${match.identity} ${match.name}`)
    if (match.isWhole) parts.push({ signal: 'whole words', points: WHOLE_POINTS })
    if (kept !== undefined) parts.push({ signal: kept === 'own' ? 'published here' : 'pinned', points: KEPT_POINTS })
    const known = rounded(KNOWN_POINTS * this.#experience(match.known))
    if (known > 0) parts.push({ signal: 'known for long', points: known })
    if (match.deprecated) parts.push({ signal: 'deprecated', points: DEPRECATED_POINTS })
    const sum = parts.reduce((total, { points }) => total + points, 0)
    if (!match.isCorrected) return { score: rounded(sum), parts }
    const score = rounded(sum * CORRECTED_SHARE)
    return { score, parts: [...parts, { signal: 'corrected words', points: rounded(score - sum) }] }
  }

  /** In [0, 1], and the slower the longer: a day counts much for what is new, and little for what is old. */
  #experience(known: number): number {
    const days = Math.max(0, this.#now - known) / DAY_SECONDS
    return Math.min(1, Math.log1p(days) / Math.log1p(KNOWN_DAYS))
  }
}

const rounded = (points: number): number => Math.round(points * 1000) / 1000
