import type { IdentityId, PackageName } from '#core'
import type { CatalogueEntry } from './catalogue.ts'

/**
 * Finds entries of a catalogue by words and filters, without ever holding up the thread that asks. Sees what was committed. The same on disk and
 * in memory, as long as no more than `LIMITS.searchCandidates` entries match.
 */
export interface PackageSearch extends AsyncDisposable {
  /**
   * Answers one page. Throws `query-invalid` for a cursor that belongs to another query or to none, `too-busy` above `LIMITS.waitingSearches`,
   * `store-broken`, the signal's reason when it aborts, and `cancelled` after disposing.
   */
  search(query: PackageQuery, signals: SearchSignals, signal: AbortSignal): Promise<FoundPackages>
}

/** All conditions must hold. Texts of filters are compared whole, in upper or lower case. */
export interface PackageFilters {
  readonly category?: string
  readonly tags?: readonly string[]
  readonly author?: string
  readonly license?: string
  readonly publisher?: IdentityId
  readonly kind?: string
  /** Whether the package asks for install scripts. */
  readonly scripts?: boolean
  /** Released then or later: Unix seconds, publisher's clock. */
  readonly since?: number
}

export interface PackageQuery extends PackageFilters {
  /** Tokens, each once. Each must be a word of the name, title, tags, category, author or description; the last one may be the beginning of a word. */
  readonly words: readonly string[]
  /** `relevance`: best first · `name`: in the order of code units · `date`: newest release first. */
  readonly order: SearchOrder
  /** 1 … `LIMITS.searchResults`. */
  readonly limit: number
  /** `next` of the page before. */
  readonly cursor?: string
  /** The time for which to answer, Unix seconds; a page that goes on takes that of its first one. */
  readonly now: number
}

export type SearchOrder = 'relevance' | 'name' | 'date'

/** What this node knows of packages beyond their entries, and strangers cannot make up. */
export interface SearchSignals {
  /** Packages that stay on this node, at most `LIMITS.searchKept` of them count. A new list is a new object. */
  readonly kept: readonly KeptSignal[]
}

export interface KeptSignal {
  readonly identity: IdentityId
  readonly name: PackageName
  readonly reason: 'pin' | 'own'
}

/** One page; `E`: what is known of each. */
export interface FoundPackages<E = CatalogueEntry> {
  /** How many match; as many as were looked at where there are very many. */
  readonly total: number
  readonly found: readonly FoundPackage<E>[]
  /** Where the next page begins; absent on the last one. */
  readonly next?: string
  /** The words that were searched as well, because next to nothing matches those that were given. */
  readonly corrected?: readonly string[]
}

export interface FoundPackage<E = CatalogueEntry> {
  readonly entry: E
  /** In [0, 1]: the sum of `parts`. */
  readonly score: number
  /** Why it stands where it does. */
  readonly parts: readonly RankPart[]
}

/** One reason for a score. */
export interface RankPart {
  /** Such as `exact name`, `tag`, `pinned`. */
  readonly signal: string
  /** Its share of the score. */
  readonly points: number
}
