import { DatabaseSync } from 'node:sqlite'
import { type PackageFilters, tokenize } from '#store'
import { openCatalogue, openPackageSearch } from '#store/disk'
import { median, type Result, round } from '../measure.ts'
import { packagesAtMost, short } from './amount.ts'
import { filledIndex } from './filled-index.ts'
import { packageAt } from './packages.ts'
import { SeededRandom } from './random.ts'
import { SEED } from './seed.ts'

const SIZES = [100_000, 1_000_000] as const
const QUESTIONS = 200
const WARM_UP = 20
const PREFIX_CHARS = 3
const TYPO_CHARS = 6

const never = new AbortController().signal

/** A question, and how a plain full-text index is asked the same. */
interface Asked {
  readonly words: readonly string[]
  readonly filters: PackageFilters
  readonly match: string
}

interface Kind {
  readonly what: string
  readonly goal: (count: number) => number
  readonly ask: (random: SeededRandom, count: number) => Asked
}

const quoted = (words: readonly string[]): string[] => words.map((word) => `"${word}"`)
const fast = (count: number): number => (count > 100_000 ? 25 : 10)

/** Words of a package that there is: common words are in as many of them as in life. */
const wordsOf = (random: SeededRandom, count: number, field: 'name' | 'description'): string[] => {
  for (;;) {
    const { name, summary } = packageAt(SEED, random.below(count))
    const words = [...new Set(tokenize(field === 'name' ? name : summary.description))]
    if (words.length > 1) return words
  }
}

const some = (random: SeededRandom, count: number, wanted: number): string[] => {
  const words = wordsOf(random, count, 'description')
  const first = random.below(words.length - 1)
  return words.slice(first, first + wanted)
}

const wordQuestion = (wanted: number, isFiltered: boolean): Kind['ask'] => (random, count) => {
  const words = some(random, count, wanted)
  const { category } = packageAt(SEED, random.below(count)).summary
  if (!isFiltered) return { words, filters: {}, match: quoted(words).join(' AND ') }
  return { words, filters: { category }, match: [...quoted(words), `category : "${category}"`].join(' AND ') }
}

const prefixQuestion: Kind['ask'] = (random, count) => {
  const [word = ''] = some(random, count, 1)
  const beginning = word.slice(0, PREFIX_CHARS)
  return { words: [beginning], filters: {}, match: `"${beginning}"*` }
}

/** A letter of a name is left out; the plain index is asked for the word that was meant. */
const typoQuestion: Kind['ask'] = (random, count) => {
  for (;;) {
    const word = wordsOf(random, count, 'name').find(({ length }) => length >= TYPO_CHARS)
    if (word === undefined) continue
    const at = 1 + random.below(word.length - 2)
    return { words: [word.slice(0, at) + word.slice(at + 1)], filters: {}, match: `"${word}"` }
  }
}

const KINDS: readonly Kind[] = [
  { what: 'one word', goal: fast, ask: wordQuestion(1, false) },
  { what: 'one word and a category', goal: fast, ask: wordQuestion(1, true) },
  { what: 'two words', goal: fast, ask: wordQuestion(2, false) },
  { what: 'two words and a category', goal: fast, ask: wordQuestion(2, true) },
  { what: `the first ${PREFIX_CHARS} letters of a word`, goal: () => 25, ask: prefixQuestion },
  { what: 'a word with a letter left out', goal: () => 60, ask: typoQuestion },
]

const percentile = (values: readonly number[], share: number): number => [...values].sort((a, b) => a - b)[Math.floor(values.length * share)] ?? 0

const timed = async (work: () => unknown): Promise<number> => {
  const began = performance.now()
  await work()
  return performance.now() - began
}

/** How long answers take that a node gives from its own catalogue, through its thread, beside BM25 over all matches of a plain index of the same texts. */
export const queries = async (): Promise<Result[]> => {
  const rows: Result[] = []
  for (const count of new Set(SIZES.map(packagesAtMost))) {
    const path = await filledIndex(SEED, count)
    using _catalogue = openCatalogue(path)
    using plain = new DatabaseSync(`${path}.plain`, { readOnly: true })
    await using search = openPackageSearch(path)
    const ranked = plain.prepare('SELECT rowid, bm25(plain, 10, 2, 1, 1, 3) AS score FROM plain WHERE plain MATCH ? ORDER BY score LIMIT 20')
    const find = ({ words, filters }: Asked): Promise<unknown> =>
      search.search({ words, ...filters, order: 'relevance', limit: 20, now: 2 ** 31 }, { kept: [] }, never)
    await find({ words: ['reqestt'], filters: {}, match: '' })
    for (const { what, goal, ask } of KINDS) {
      const random = new SeededRandom(SEED, 0x71)
      const [ours, theirs]: [number[], number[]] = [[], []]
      for (let index = 0; index < QUESTIONS + WARM_UP; index++) {
        const asked = ask(random, count)
        const [own, other] = [await timed(() => find(asked)), await timed(() => ranked.all(asked.match))]
        if (index < WARM_UP) continue
        ours.push(own)
        theirs.push(other)
      }
      const [p99, baseline] = [percentile(ours, 0.99), percentile(theirs, 0.99)]
      console.log(`${short(count)}, ${what}: p50 ${round(median(ours))} ms, plain ${round(median(theirs))} ms`)
      rows.push({
        what: `search of ${short(count)} packages for ${what}, p99`, unit: 'ms', ours: round(p99), baseline: round(baseline),
        baselineName: 'BM25 over all matches of a plain FTS5 index', ratio: round(p99 / baseline), goal: `< ${goal(count)} ms`, pass: p99 < goal(count),
      })
    }
  }
  return rows
}
