import { answerQuery } from './answer-query.ts'
import type { Catalogue } from './catalogue.ts'
import { ListedEntries } from './listed-entries.ts'
import type { FoundPackages, PackageQuery, PackageSearch, SearchSignals } from './package-search.ts'
import { storeClosed } from './refusals.ts'

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
    return await answerQuery(new ListedEntries(this.#catalogue.entriesUnder('', Number.MAX_SAFE_INTEGER)), query, signals)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true
  }
}
