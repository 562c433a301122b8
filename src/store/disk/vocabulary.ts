import { NAME_MARK, type SpelledWord, Spelling } from '#store'
import type { SearchReader } from './search-reader.ts'

/** With fewer entries, the index merges all words that begin alike in no time. */
const ENTRIES_MIN = 20_000
/** Rarer words are no burden to the index, and their number is. */
const ENTRIES_PER_WORD_MIN = 16
/** So many entries with any of the words that begin alike are merged by the index itself, so that none is left out. */
const MERGED_ENTRIES = 4000
/** Beyond that, the most frequent words stand for all that begin like them: some, fewer where very many entries have them, more where few have. */
const WORDS_USUAL = 16
const WORDS_MAX = 64
const MANY_ENTRIES = 50_000
/** Words of names that spelling knows; those that are in a single name come first to be left out. */
const SPELLED_WORDS = 200_000
const SINGLES = 100_000
/** Read at a time, in a few milliseconds. */
const SLICE_WORDS = 200
/** Beginnings that are remembered; common ones are asked for again and again. */
const EXPANDED_MAX = 1000
const SLICE = 'SELECT term, doc FROM temp.vocabulary WHERE term > ? AND term < ? LIMIT ?'
/** So much larger than when it was read, the catalogue is read again. */
const GROWTH = 1.25

interface CountedTerm {
  readonly term: string
  /** Entries that have it. */
  readonly doc: number
}

/** Ranges of terms to be read: what other scripts write comes behind the marks. */
const RANGES = [
  { from: '', below: '§', mark: '' },
  { from: NAME_MARK, below: '§o', mark: NAME_MARK },
  { from: '¨', below: '\u{10ffff}', mark: '' },
] as const

/**
 * The words of a catalogue and how many entries have them. It is read in slices while there is nothing else to do, and may lag behind: it only
 * tells which beginnings of words are too common to be merged, and what someone may have meant.
 */
export class Vocabulary {
  readonly #reader: SearchReader
  #words: readonly CountedTerm[] = []
  #names: readonly CountedTerm[] = []
  #spelling = new Spelling()
  /** Beginnings that were expanded, by the term. */
  readonly #expanded = new Map<string, readonly string[] | undefined>()
  #reading: Promise<void> | undefined
  /** Of the catalogue when it was read last; 0: never. */
  #entries = 0
  #commits: number | undefined

  constructor(reader: SearchReader) {
    this.#reader = reader
  }

  /** Begins to read when it is worth it, and not up to date. Call it when a question was answered. */
  refresh(): void {
    const entries = this.#size()
    if (entries >= ENTRIES_MIN && entries > this.#entries * GROWTH) void this.#read(entries)
  }

  /** Terms that stand for all that begin like this, with the mark of their field; `undefined` when the index can merge them all. */
  expand(mark: string, beginning: string): readonly string[] | undefined {
    const term = mark + beginning
    if (!this.#expanded.has(term)) {
      if (this.#expanded.size >= EXPANDED_MAX) this.#expanded.clear()
      this.#expanded.set(term, this.#expand(mark, beginning))
    }
    return this.#expanded.get(term)
  }

  #expand(mark: string, beginning: string): readonly string[] | undefined {
    const terms = mark === NAME_MARK ? this.#names : this.#words
    const same: CountedTerm[] = []
    let entries = 0
    for (let at = firstFrom(terms, beginning); at < terms.length; at += 1) {
      const counted = terms[at]
      if (!counted?.term.startsWith(beginning)) break
      entries += counted.doc
      same.push(counted)
    }
    if (entries <= MERGED_ENTRIES) return undefined
    let held = 0
    const frequent = same.sort((a, b) => b.doc - a.doc).slice(0, WORDS_MAX).filter(({ doc }, index) => {
      held += doc
      return held - doc < (index < WORDS_USUAL ? MANY_ENTRIES : MERGED_ENTRIES)
    })
    return [...new Set([beginning, ...frequent.map(({ term }) => term)])].map((term) => mark + term)
  }

  /** Reads the names first, where that was never done; questions go on meanwhile. */
  async spelling(): Promise<Spelling> {
    const entries = this.#size()
    const hasChanged = entries < ENTRIES_MIN && this.#commits !== this.#version()
    if (hasChanged || entries > this.#entries * GROWTH) await this.#read(entries)
    return this.#spelling
  }

  #size(): number {
    return this.#reader.column<number>('SELECT coalesce(max(key), 0) FROM entries')[0] ?? 0
  }

  /** Another number after each commit of the writer. */
  #version(): number | undefined {
    return this.#reader.column<number>('PRAGMA data_version')[0]
  }

  async #read(entries: number): Promise<void> {
    this.#reading ??= this.#readAll(entries).finally(() => (this.#reading = undefined))
    await this.#reading
  }

  async #readAll(entries: number): Promise<void> {
    const found: Record<'' | typeof NAME_MARK, CountedTerm[]> = { '': [], [NAME_MARK]: [] }
    const spelled: SpelledWord[] = []
    const commits = this.#version()
    let singles = 0
    for (const { from, below, mark } of RANGES) {
      for (let last: string | undefined = from; last !== undefined;) {
        const slice: CountedTerm[] = this.#reader.all<CountedTerm>(SLICE, last, below, SLICE_WORDS)
        for (const { term, doc } of slice) {
          const word = term.slice(mark.length)
          if (doc >= ENTRIES_PER_WORD_MIN) found[mark].push({ term: word, doc })
          if (mark === NAME_MARK && spelled.length < SPELLED_WORDS && (doc > 1 || singles++ < SINGLES)) spelled.push({ word, count: doc })
        }
        last = slice.at(-1)?.term
        await new Promise(setImmediate)
      }
    }
    const spelling = new Spelling()
    for (let at = 0; at < spelled.length; at += SLICE_WORDS) {
      spelling.add(spelled.slice(at, at + SLICE_WORDS))
      await new Promise(setImmediate)
    }
    this.#words = found[''].sort(byTerm)
    this.#names = found[NAME_MARK].sort(byTerm)
    this.#spelling = spelling
    this.#expanded.clear()
    this.#entries = entries
    this.#commits = commits
  }
}

const byTerm = (a: CountedTerm, b: CountedTerm): number => (a.term < b.term ? -1 : 1)

const firstFrom = (terms: readonly CountedTerm[], beginning: string): number => {
  let [low, high] = [0, terms.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((terms[middle]?.term ?? '') < beginning) low = middle + 1
    else high = middle
  }
  return low
}
