import type { CatalogueEntry } from './catalogue.ts'
import type { WordQuery } from './match-entry.ts'
import type { FoundPackages, PackageQuery, SearchOrder, SearchSignals } from './package-search.ts'
import { type Match, Ranking } from './rank-package.ts'
import { decodeCursor, encodeCursor, type SearchPlace } from './search-cursor.ts'

/** Entries that match, not yet in order. */
export interface Candidates<M extends Match> {
  /** How many there are in all groups. */
  readonly total: number
  /** Groups of matches: each match of a group has a higher score than those of the groups after it. */
  groups(): Iterable<readonly M[]>
}

/** Where matches come from: an index on disk, or everything there is in memory. */
export interface MatchSource<M extends Match, E = CatalogueEntry> {
  candidates(query: PackageQuery & WordQuery): Candidates<M>
  /** For words that are in no name, the ones that may have been meant; `undefined` when there is nothing to correct. */
  correct(words: readonly string[]): Promise<readonly string[] | undefined>
  /** Of a match; `undefined` when it went meanwhile. */
  entry(match: M): E | undefined
}

/** Below so many, each word may be the beginning of one. */
const FEW = 10
/** Below so many, another spelling is tried. */
const NEXT_TO_NOTHING = 3

/** Finds, ranks, and cuts out the page that was asked for. Throws `query-invalid` for a cursor that is not this query's. */
export const answerQuery = async <M extends Match, E = CatalogueEntry>(
  source: MatchSource<M, E>, query: PackageQuery, signals: SearchSignals,
): Promise<FoundPackages<E>> => {
  const place = query.cursor === undefined ? undefined : decodeCursor(query, query.cursor)
  const now = place?.now ?? query.now
  const { candidates, corrected } = await find(source, query)
  const ranking = new Ranking(signals, now)
  const { page, isLast } = pageOf(candidates, query, { place, ranking })
  const end = page.at(-1)
  return {
    total: candidates.total,
    found: page.flatMap(({ match }) => {
      const entry = source.entry(match)
      return entry === undefined ? [] : { entry, score: ranking.scoreOf(match), parts: ranking.partsOf(match) }
    }),
    ...(!isLast && end !== undefined && { next: encodeCursor(query, { ...end.place, now }) }),
    ...(corrected !== undefined && { corrected }),
  }
}

interface Findings<M extends Match> {
  readonly candidates: Candidates<M>
  readonly corrected?: readonly string[]
}

const find = async <M extends Match>(source: Pick<MatchSource<M>, 'candidates' | 'correct'>, query: PackageQuery): Promise<Findings<M>> => {
  const typed = source.candidates({ ...query, open: 'last' })
  const candidates = typed.total < FEW && query.words.length > 1 ? source.candidates({ ...query, open: 'every' }) : typed
  if (candidates.total >= NEXT_TO_NOTHING || query.words.length === 0) return { candidates }
  const corrected = await source.correct(query.words)
  if (corrected === undefined) return { candidates }
  const meant = source.candidates({ ...query, words: corrected, open: 'last' })
  return meant.total === 0 ? { candidates } : { candidates: both(candidates, meant), corrected }
}

/** What matches as it was typed comes first, and once. */
const both = <M extends Match>(typed: Candidates<M>, meant: Candidates<M>): Candidates<M> => {
  const groups = [...typed.groups()]
  const known = new Set(groups.flat().map(idOf))
  const rest = [...meant.groups()].map((group) => group.filter((match) => !known.has(idOf(match))).map((match) => ({ ...match, isCorrected: true })))
  const total = groups.flat().length + rest.flat().length
  return { total, groups: () => [...groups, ...rest] }
}

const idOf = ({ identity, name }: Match): string => `${identity} ${name}`

interface Ranked<M extends Match> {
  readonly place: Place
  readonly match: M
}

interface PageWish {
  readonly place: SearchPlace | undefined
  readonly ranking: Ranking
}

interface Page<M extends Match> {
  readonly page: readonly Ranked<M>[]
  readonly isLast: boolean
}

const pageOf = <M extends Match>(candidates: Candidates<M>, query: PackageQuery, { place, ranking }: PageWish): Page<M> => {
  const all: Ranked<M>[] = []
  for (const group of inOrder(candidates, query)) {
    const ranked = group.map((match): Ranked<M> => ({ match, place: placeOf(match, query, ranking) }))
    const wanted = place === undefined ? ranked : ranked.filter((one) => comparePlaces(one.place, place) > 0)
    all.push(...wanted.sort((a, b) => comparePlaces(a.place, b.place)))
    if (all.length > query.limit) break
  }
  return { page: all.slice(0, query.limit), isLast: all.length <= query.limit }
}

/** Groups are groups of scores: for any other order they are one. */
const inOrder = <M extends Match>(candidates: Candidates<M>, { order }: PackageQuery): Iterable<readonly M[]> =>
  order === 'relevance' ? candidates.groups() : [[...candidates.groups()].flat()]

const placeOf = (match: Match, { order }: PackageQuery, ranking: Ranking): Place => ({
  rank: rankOf(order, { score: () => ranking.scoreOf(match), at: match.at }),
  name: match.name,
  identity: match.identity,
})

/** A place in an answer, as its order has it. */
export type Place = Omit<SearchPlace, 'now'>

export const rankOf = (order: SearchOrder, { score, at }: { readonly score: () => number; readonly at: number }): number =>
  order === 'relevance' ? score() : order === 'date' ? at : 0

/** The order of places. */
export const comparePlaces = (a: Place, b: Place): number => b.rank - a.rank || byText(a.name, b.name) || byText(a.identity, b.identity)

const byText = (a: string, b: string): number => (a < b ? -1 : Number(a > b))
