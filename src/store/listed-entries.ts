import type { IdentityId } from '#core'
import type { Candidates, MatchSource } from './answer-query.ts'
import type { CatalogueEntry } from './catalogue.ts'
import { matchEntry, type WordQuery } from './match-entry.ts'
import type { PackageQuery } from './package-search.ts'
import { FIELDS, type Match } from './rank-package.ts'
import { type EntryTerms, entryTerms, queryTerms, type SearchedEntry } from './search-terms.ts'
import { Spelling } from './spelling.ts'

/** What can be searched of a package: of one that nobody signed some things are not known, and no condition on them holds. */
export type ListedEntry = SearchedEntry & Pick<CatalogueEntry, 'at' | 'known' | 'deprecated'>

interface EntryMatch<E> extends Match {
  readonly entry: E
}

/** Whose packages are that nobody signed; before those of everybody else. */
const NOBODY = '' as IdentityId

/** Packages in a list, which is looked through for every question. */
export class ListedEntries<E extends ListedEntry> implements MatchSource<EntryMatch<E>, E> {
  readonly #entries: readonly E[]
  readonly #terms = new Map<E, EntryTerms>()

  constructor(entries: readonly E[]) {
    this.#entries = entries
  }

  candidates(query: PackageQuery & WordQuery): Candidates<EntryMatch<E>> {
    const { words, facets } = queryTerms(query)
    const matches = this.#entries.flatMap((entry): EntryMatch<E>[] => {
      const terms = this.#termsOf(entry)
      if (!facets.every((facet) => terms.facets.includes(facet)) || entry.at < (query.since ?? 0)) return []
      const found = matchEntry(terms, { words, open: query.open })
      const { name, identity = NOBODY, at, known, deprecated } = entry
      return found === undefined ? [] : [{ ...found, name, identity, at, known, deprecated, isCorrected: false, entry }]
    })
    return { total: matches.length, groups: () => FIELDS.map((field) => matches.filter((match) => match.field === field)) }
  }

  async correct(words: readonly string[]): Promise<readonly string[] | undefined> {
    const counts = new Map<string, number>()
    for (const entry of this.#entries) for (const word of new Set(this.#termsOf(entry).name)) counts.set(word, (counts.get(word) ?? 0) + 1)
    const spelling = new Spelling()
    spelling.add([...counts].map(([word, count]) => ({ word, count })))
    return spelling.correctAll(words)
  }

  entry({ entry }: EntryMatch<E>): E {
    return structuredClone(entry)
  }

  /** A text is taken apart once. */
  #termsOf(entry: E): EntryTerms {
    const terms = this.#terms.get(entry) ?? entryTerms(entry)
    this.#terms.set(entry, terms)
    return terms
  }
}
