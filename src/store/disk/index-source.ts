import { type IdentityId, LIMITS, type PackageName } from '#core'
import {
  type Candidates, type CatalogueEntry, entryTerms, facetsOf, FIELDS, type Match, matchEntry, matchName, type MatchSource, type PackageQuery,
  queryTerms, spellingOf, tokenize, type WordQuery,
} from '#store'
import { ENTRY_COLUMNS, entryOf, type EntryRow } from './entry-rows.ts'
import type { KeptEntries } from './kept-entries.ts'
import { MatchExpression, type Necessary } from './match-expression.ts'
import type { SearchReader } from './search-reader.ts'
import type { Vocabulary } from './vocabulary.ts'

/** A match that the index found. */
export interface IndexMatch extends Match {
  readonly key: number
}

interface MatchRow {
  readonly key: number
  readonly name: PackageName
  readonly identity: IdentityId
  readonly at: number
  readonly known: number
  readonly deprecated: number
}

const CAP = LIMITS.searchCandidates
/** Among so many entries that match, those that this node heard of last, the newest are looked for when there are very many. */
const DATED = 20_000
/** So many entries are read, and their words looked at, rather than the index asked several times; more where it would have to go through common words. */
const FEW = 32
const FEW_OF_COMMON = 128

type KeyedRow = EntryRow & { readonly key: number }
type Place = Pick<Match, 'field' | 'isWhole'>

/** The columns of `MATCH_COLUMNS`. */
type MatchList = readonly [number, PackageName, IdentityId, number, number, number]

const MATCH_COLUMNS = 'key, name, identity, at, known, deprecated'
const BY_SPELLING = 'FROM entries WHERE spelling >= ? AND spelling < ? ORDER BY spelling LIMIT ?'
const SPELLED = `SELECT ${MATCH_COLUMNS} ${BY_SPELLING}`
const SPELLED_ENTRIES = `SELECT key, ${ENTRY_COLUMNS} ${BY_SPELLING}`
/** The full-text query runs alone: joined with other conditions the planner may turn it into a scan. */
const MATCHING = 'SELECT rowid FROM words WHERE words MATCH ? ORDER BY rowid LIMIT ?'
const LATEST = 'SELECT rowid FROM words WHERE words MATCH ? ORDER BY rowid DESC LIMIT ?'
const NEWEST = `SELECT key FROM entries WHERE at >= ? ORDER BY at DESC LIMIT ${CAP}`
const NEWEST_MATCHING = `SELECT key FROM entries WHERE at >= ? AND +key IN (${LATEST}) ORDER BY at DESC LIMIT ${CAP}`
const ROWS = `SELECT ${MATCH_COLUMNS} FROM entries WHERE key IN (SELECT value FROM json_each(?))`
const ENTRIES = `SELECT key, ${ENTRY_COLUMNS} FROM entries WHERE key IN (SELECT value FROM json_each(?))`
const ENTRY = `SELECT ${ENTRY_COLUMNS} FROM entries WHERE key = ?`

type Question = PackageQuery & WordQuery & { readonly facets: readonly string[] }

/** Keys of entries, by where the words of a query stand in them. */
interface Keys {
  readonly name: readonly number[]
  readonly tag: readonly number[]
  readonly text: readonly number[]
  /** Those that have all words as whole words. */
  readonly whole: ReadonlySet<number>
}

/** Finds what matches with the indexes of a catalogue, however large: never more than `LIMITS.searchCandidates` for each way of matching. */
export class IndexSource implements MatchSource<IndexMatch> {
  readonly #reader: SearchReader
  readonly #vocabulary: Vocabulary
  readonly #kept: KeptEntries
  /** What the index gave while the current question is answered: the ways of asking overlap. */
  readonly #given = new Map<string, readonly number[]>()

  constructor(reader: SearchReader, vocabulary: Vocabulary, kept: KeptEntries) {
    this.#reader = reader
    this.#vocabulary = vocabulary
    this.#kept = kept
  }

  candidates(query: PackageQuery & WordQuery): Candidates<IndexMatch> {
    // A question is asked first with its last word open; other ways of asking the same come after.
    if (query.open === 'last') this.#given.clear()
    const question = { ...query, ...queryTerms(query) }
    const expression = new MatchExpression(question, (mark, word) => this.#vocabulary.expand(mark, word))
    const text = expression.text('begun')
    if (text === '') return this.#newest(question, text)
    const isDated = query.order === 'date' || query.since !== undefined
    if (isDated && this.#keys(text).length >= CAP) return this.#newest(question, text)
    if (query.words.length === 0) return this.#filtered(question, this.#keys(text))
    return this.#few(question, expression.necessary()) ?? this.#found(question, expression)
  }

  async correct(words: readonly string[]): Promise<readonly string[] | undefined> {
    return (await this.#vocabulary.spelling()).correctAll(words)
  }

  entry({ key }: IndexMatch): CatalogueEntry | undefined {
    return this.#reader.all<EntryRow>(ENTRY, key).map(entryOf)[0]
  }

  /** Where only a few entries can match, reading them costs less than asking the index where their words stand. */
  #few(question: Question, { expression, isSufficient }: Necessary): Candidates<IndexMatch> | undefined {
    if (expression === '') return undefined
    const few = isSufficient ? FEW : FEW_OF_COMMON
    const keys = this.#reader.column<number>(MATCHING, expression, few + 1)
    if (keys.length > few) return undefined
    const matches = new Map(this.#spelled(question, CAP).map((row) => [row.key, { row, found: placeInName(row.name, question) }]))
    for (const row of this.#reader.all<KeyedRow>(ENTRIES, JSON.stringify(keys)).filter(isSince(question))) {
      matches.set(row.key, { row, found: matchEntry(entryTerms(entryOf(row)), question) })
    }
    const all = [...matches.values()].flatMap(({ row, found }) => (found === undefined ? [] : matchOf(row, found)))
    return { total: all.length, groups: () => FIELDS.map((field) => all.filter((match) => match.field === field)) }
  }

  #found(question: Question, expression: MatchExpression): Candidates<IndexMatch> {
    const keys = this.#keysOf(expression)
    const named = this.#named(question, keys)
    const tagged = without(keys.tag, new Set(named.map(({ key }) => key)))
    const seen = new Set([...named.map(({ key }) => key), ...tagged])
    const rest = without(keys.text, seen)
    const isCut = keys.text.length >= CAP
    const kept = isCut ? this.#kept.matches(question).filter(({ key }) => !seen.has(key) && !rest.includes(key)) : []
    const rows = (field: Match['field'], list: readonly number[]): IndexMatch[] => [
      ...kept.filter((match) => match.field === field),
      ...this.#rows(question, list).map((row) => matchOf(row, { field, isWhole: keys.whole.has(row.key) })),
    ]
    const first = [...named, ...kept.filter(({ field }) => field !== 'tag' && field !== 'text')]
    const late = { tag: lazily(() => rows('tag', tagged)), text: lazily(() => rows('text', rest)) }
    // Counting keys is enough, and most rows are never read. Only with a time to compare, each row has to be.
    const total = question.since === undefined
      ? named.length + tagged.length + rest.length + kept.length
      : first.length + late.tag().length + late.text().length
    return {
      total,
      *groups() {
        yield first
        yield late.tag()
        yield late.text()
      },
    }
  }

  /** Entries that have the words in their names. Those whose names begin with them are looked up besides, whoever else has the words too. */
  #named(question: Question, keys: Keys): IndexMatch[] {
    const spelled = this.#spelled(question, keys.name.length >= CAP ? LIMITS.searchResults : CAP)
    const known = new Set(spelled.map(({ key }) => key))
    const rows = [...spelled, ...this.#rows(question, without(keys.name, known))]
    return rows.flatMap((row) => {
      const place = placeInName(row.name, question)
      return place === undefined ? [] : matchOf(row, { field: place.field, isWhole: place.isWhole || keys.whole.has(row.key) })
    })
  }

  #spelled(question: Question, limit: number): readonly MatchRow[] {
    const typed = spellingOf(question.words)
    const end = `${typed}\u{10ffff}`
    if (question.facets.length === 0) return this.#matchRows(SPELLED, typed, end, limit).filter(isSince(question))
    const rows = this.#reader.all<KeyedRow>(SPELLED_ENTRIES, typed, end, Math.min(limit, LIMITS.searchResults))
    return rows.filter((row) => isSince(question)(row) && hasFacets(entryOf(row), question.facets))
  }

  #filtered(question: Question, keys: readonly number[]): Candidates<IndexMatch> {
    const isCut = keys.length >= CAP
    const kept = isCut ? this.#kept.matches(question).filter(({ key }) => !keys.includes(key)) : []
    const matches = [...kept, ...this.#rows(question, keys).map((row) => matchOf(row, { field: 'filter', isWhole: false }))]
    return { total: matches.length, groups: () => [matches] }
  }

  /** The newest of very many. A tag counts no more than a text here: to tell them apart, each of their texts would have to be read. */
  #newest(question: Question, text: string): Candidates<IndexMatch> {
    const since = question.since ?? 0
    const keys = text === '' ? this.#reader.column<number>(NEWEST, since) : this.#reader.column<number>(NEWEST_MATCHING, since, text, DATED)
    const elsewhere = { field: question.words.length === 0 ? 'filter' : 'text', isWhole: false } as const
    const matches = this.#rows(question, keys).map((row) => matchOf(row, placeInName(row.name, question) ?? elsewhere))
    return { total: matches.length, groups: () => [matches.filter(({ field }) => field !== 'text'), matches.filter(({ field }) => field === 'text')] }
  }

  #keysOf(expression: MatchExpression): Keys {
    const ways = ['name', 'tag', 'text'] as const
    const [name = [], tag = [], text = []] = ways.map((way) => this.#keys(expression[way]('whole')))
    return {
      name: this.#more(name, expression.name('begun')),
      tag: this.#more(tag, expression.tag('begun')),
      text: this.#more(text, expression.text('begun')),
      whole: new Set([...name, ...tag, ...text]),
    }
  }

  /** Whole words come first; where they are enough, nobody looks at beginnings. */
  #more(keys: readonly number[], expression: string): readonly number[] {
    return keys.length >= CAP ? keys : [...keys, ...this.#keys(expression)]
  }

  /** Those first that this node has known longest. */
  #keys(expression: string): readonly number[] {
    const keys = this.#given.get(expression) ?? this.#reader.column<number>(MATCHING, expression, CAP)
    this.#given.set(expression, keys)
    return keys
  }

  #rows(question: Question, keys: readonly number[]): readonly MatchRow[] {
    return keys.length === 0 ? [] : this.#matchRows(ROWS, JSON.stringify(keys)).filter(isSince(question))
  }

  #matchRows(sql: string, ...values: (string | number)[]): readonly MatchRow[] {
    const lists = this.#reader.lists<MatchList>(sql, ...values)
    return lists.map(([key, name, identity, at, known, deprecated]) => ({ key, name, identity, at, known, deprecated }))
  }
}

const isSince = ({ since = 0 }: PackageQuery) => ({ at }: { readonly at: number }): boolean => at >= since

const hasFacets = (entry: CatalogueEntry, facets: readonly string[]): boolean => {
  const held = facetsOf({ ...entry, publisher: entry.identity })
  return facets.every((facet) => held.includes(facet))
}

/** Where the words stand in a name, if all of them do. */
const placeInName = (name: PackageName, query: WordQuery): Place | undefined => {
  if (query.words.length === 0) return undefined
  const tokens = tokenize(name)
  const field = matchName(tokens, query)
  return field && { field, isWhole: query.words.every((word) => tokens.includes(word)) }
}

const matchOf = ({ key, name, identity, at, known, deprecated }: MatchRow, { field, isWhole }: Place): IndexMatch =>
  ({ key, name, identity, at, known, deprecated: deprecated !== 0, field, isWhole, isCorrected: false })

const without = (keys: readonly number[], seen: ReadonlySet<number>): readonly number[] => [...new Set(keys)].filter((key) => !seen.has(key))

const lazily = <T>(make: () => T): (() => T) => {
  let made: { readonly value: T } | undefined
  return () => (made ??= { value: make() }).value
}
