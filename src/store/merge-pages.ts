import { comparePlaces, type Place, rankOf } from './answer-query.ts'
import type { ListedEntry } from './listed-entries.ts'
import type { FoundPackage, FoundPackages, PackageQuery } from './package-search.ts'
import { decodeCursor, encodeCursor } from './search-cursor.ts'

/** Pages of one query from two places as one page, which goes on in both. */
export const mergePages = <A extends ListedEntry, B extends ListedEntry>(
  query: PackageQuery, one: FoundPackages<A>, other: FoundPackages<B>,
): FoundPackages<A | B> => {
  const all: FoundPackage<A | B>[] = [...one.found, ...other.found]
  const placed = all.map((found) => ({ found, place: placeOf(found, query) })).sort((a, b) => comparePlaces(a.place, b.place))
  const page = placed.slice(0, query.limit)
  const isLast = one.next === undefined && other.next === undefined && page.length === placed.length
  const now = query.cursor === undefined ? query.now : decodeCursor(query, query.cursor).now
  const end = page.at(-1)
  const corrected = one.corrected ?? other.corrected
  return {
    total: one.total + other.total,
    found: page.map(({ found }) => found),
    ...(!isLast && end !== undefined && { next: encodeCursor(query, { ...end.place, now }) }),
    ...(corrected !== undefined && { corrected }),
  }
}

const placeOf = ({ entry, score }: FoundPackage<ListedEntry>, { order }: PackageQuery): Place =>
  ({ rank: rankOf(order, { score: () => score, at: entry.at }), name: entry.name, identity: entry.identity ?? '' })
