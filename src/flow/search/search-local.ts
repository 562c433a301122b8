import { LIMITS } from '#core'
import type { Catalogue, CatalogueEntry } from '#store'
import type { ParsedQuery } from './parse-query.ts'
import { scoreEntry } from './score-entry.ts'

export interface RankedEntry {
  readonly entry: CatalogueEntry
  /** In [0, 1]. */
  readonly score: number
}

export interface LocalAnswer {
  /** Matches found, at most the limit of candidates. */
  readonly total: number
  /** Best first, at most `query.limit`. */
  readonly ranked: readonly RankedEntry[]
}

/** Asks the own catalogue: works offline, tells nobody. Equal scores are ordered by name, then identity. */
export const searchLocal = (catalogue: Catalogue, query: ParsedQuery): LocalAnswer => {
  const entries = catalogue.match({ ...query, limit: LIMITS.searchCandidates })
  const ranked = entries
    .map((entry) => ({ entry, score: scoreEntry(entry, query.words) }))
    .sort((a, b) => b.score - a.score || order(a.entry.name, b.entry.name) || order(a.entry.identity, b.entry.identity))
  return { total: entries.length, ranked: ranked.slice(0, query.limit) }
}

const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
