import type { SearchAnswer, SearchHit, SearchQuery, SignedPackage } from '#marketplace'
import type { RankPart } from '#store'

const LIMIT = 20

/** What the typing errors of the page were meant to be. */
const MEANT: Readonly<Record<string, string>> = { rsut: 'rust' }

/** As a real search would say it, of the first hit and of those after it: the points are the score. */
const PARTS: readonly (readonly RankPart[])[] = [
  [{ signal: 'name prefix', points: 0.77 }, { signal: 'whole words', points: 0.02 }, { signal: 'known for long', points: 0.01 }],
  [{ signal: 'name', points: 0.61 }, { signal: 'whole words', points: 0.02 }, { signal: 'known for long', points: 0.01 }],
]

const holds = ({ name, summary, scripts, publishedAt }: SignedPackage, { words, category, tags = [], ...others }: SearchQuery): boolean =>
  words.every((word) => `${name} ${summary.description}`.toLowerCase().includes(word.toLowerCase())) &&
  tags.every((tag) => summary.tags.includes(tag)) &&
  (category === undefined || summary.category === category) &&
  (others.author === undefined || summary.author === others.author) &&
  (others.license === undefined || summary.license === others.license) &&
  (others.scripts === undefined || scripts === others.scripts) &&
  (others.since === undefined || publishedAt >= others.since)

const hitOf = ({ name, version, identity, summary, holders }: SignedPackage, index: number): SearchHit & Required<Pick<SearchHit, 'explanation'>> => {
  const explanation = PARTS[Math.min(index, PARTS.length - 1)] ?? []
  const score = Math.round(explanation.reduce((sum, { points }) => sum + points, 0) * 1000) / 1000
  return { name, version, identity, description: summary.description, category: summary.category, tags: summary.tags, score, holders, explanation }
}

/** Searches packages in the order they are in, which is by relevance and by date; a cursor is the number of hits before the page. */
export const cannedSearch = (packages: readonly SignedPackage[], query: SearchQuery): SearchAnswer => {
  const { sort, explain, cursor = '0', limit = LIMIT } = query
  const words = query.words.map((word) => MEANT[word] ?? word)
  const isCorrected = words.join() !== query.words.join()
  const matches = packages.filter((one) => holds(one, { ...query, words })).map(hitOf)
  const sorted = sort === 'name' ? matches.toSorted((a, b) => (a.name < b.name ? -1 : 1)) : matches
  const end = Number(cursor) + limit
  const results = sorted.slice(Number(cursor), end).map(({ explanation, ...hit }) => (explain === true ? { ...hit, explanation } : hit))
  return { total: sorted.length, results, ...(end < sorted.length && { next: String(end) }), ...(isCorrected && { corrected: words }) }
}
