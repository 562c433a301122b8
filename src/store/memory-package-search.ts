import { answerQuery, type Candidates, type MatchSource } from './answer-query.ts'
import type { Catalogue, CatalogueEntry } from './catalogue.ts'
import { matchEntry, type WordQuery } from './match-entry.ts'
import type { FoundPackages, PackageQuery, PackageSearch, SearchSignals } from './package-search.ts'
import { FIELDS, type Match } from './rank-package.ts'
import { storeClosed } from './refusals.ts'
import { entryTerms, queryTerms } from './search-terms.ts'
import { Spelling } from './spelling.ts'

/** Looks through all entries of a catalogue for every question. The same answers as the search on disk, for catalogues that are small. */
export const memoryPackageSearch = (catalogue: Catalogue): PackageSearch => new MemoryPackageSearch(catalogue)

class MemoryPackageSearch implements PackageSearch {
  readonly #catalogue: Catalogue
  #closed = false

  constructor(catalogue: Catalogue) {
    this.#catalogue = catalogue
  }

  async search(query: PackageQuery, signals: SearchSignals, signal: AbortSignal): Promise<FoundPackages> {
    signal.throwIfAborted()
    if (this.#closed) throw storeClosed()
    return await answerQuery(new AllEntries(this.#catalogue.entriesUnder('', Number.MAX_SAFE_INTEGER)), query, signals)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true
  }
}

interface EntryMatch extends Match {
  readonly entry: CatalogueEntry
}

class AllEntries implements MatchSource<EntryMatch> {
  readonly #entries: readonly CatalogueEntry[]

  constructor(entries: readonly CatalogueEntry[]) {
    this.#entries = entries
  }

  candidates(query: PackageQuery & WordQuery): Candidates<EntryMatch> {
    const { words, facets } = queryTerms(query)
    const matches = this.#entries.flatMap((entry) => {
      const terms = entryTerms(entry)
      if (!facets.every((facet) => terms.facets.includes(facet)) || entry.at < (query.since ?? 0)) return []
      const found = matchEntry(terms, { words, open: query.open })
      const { name, identity, at, known, deprecated } = entry
      return found === undefined ? [] : { ...found, name, identity, at, known, deprecated, isCorrected: false, entry }
    })
    return { total: matches.length, groups: () => FIELDS.map((field) => matches.filter((match) => match.field === field)) }
  }

  async correct(words: readonly string[]): Promise<readonly string[] | undefined> {
    const counts = new Map<string, number>()
    for (const entry of this.#entries) for (const word of new Set(entryTerms(entry).name)) counts.set(word, (counts.get(word) ?? 0) + 1)
    const spelling = new Spelling()
    spelling.add([...counts].map(([word, count]) => ({ word, count })))
    return spelling.correctAll(words)
  }

  entry({ entry }: EntryMatch): CatalogueEntry {
    return structuredClone(entry)
  }
}
