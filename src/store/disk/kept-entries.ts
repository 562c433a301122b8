import { LIMITS } from '#core'
import { entryTerms, type EntryTerms, matchEntry, type PackageQuery, queryTerms, type SearchSignals, type WordQuery } from '#store'
import { ENTRY_COLUMNS, entryOf, type EntryRow } from './entry-rows.ts'
import type { IndexMatch } from './index-source.ts'
import type { SearchReader } from './search-reader.ts'

const ENTRY = `SELECT key, ${ENTRY_COLUMNS} FROM entries WHERE name = ? AND identity = ?`

type KeptEntry = Omit<IndexMatch, 'field' | 'isWhole' | 'isCorrected'> & { readonly terms: EntryTerms }

/**
 * The packages that stay on this node: where very many match a query, these are looked at all the same, however late this node heard of them.
 * They are few, so they are held with their words, and read again when the catalogue has changed.
 */
export class KeptEntries {
  readonly #reader: SearchReader
  #signals: SearchSignals = { kept: [] }
  #entries: readonly KeptEntry[] = []
  #commits: number | undefined

  constructor(reader: SearchReader) {
    this.#reader = reader
  }

  get signals(): SearchSignals {
    return this.#signals
  }

  replace(signals: SearchSignals): void {
    this.#signals = signals
    this.#commits = undefined
  }

  matches(query: PackageQuery & WordQuery): readonly IndexMatch[] {
    const { words, facets } = queryTerms(query)
    return this.#current().flatMap(({ terms, ...entry }) => {
      if (entry.at < (query.since ?? 0) || !facets.every((facet) => terms.facets.includes(facet))) return []
      const found = matchEntry(terms, { words, open: query.open })
      return found === undefined ? [] : { ...entry, ...found, isCorrected: false }
    })
  }

  #current(): readonly KeptEntry[] {
    const [commits] = this.#reader.column<number>('PRAGMA data_version')
    if (commits !== this.#commits) this.#entries = this.#read()
    this.#commits = commits
    return this.#entries
  }

  #read(): readonly KeptEntry[] {
    return this.#signals.kept.slice(0, LIMITS.searchKept).flatMap(({ name, identity }) =>
      this.#reader.all<EntryRow & { readonly key: number }>(ENTRY, name, identity).map((row) => {
        const { at, known, deprecated, ...entry } = entryOf(row)
        return { key: row.key, name, identity, at, known, deprecated, terms: entryTerms(entry) }
      }),
    )
  }
}
