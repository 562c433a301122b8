import type { AskedRegistries, PackageName, Version, Voucher } from '#core'
import type { PackageFilters, RankPart, SearchOrder } from '#store'

/** All conditions must hold. */
export interface SearchQuery extends PackageFilters {
  readonly words: readonly string[]
  readonly sort?: SearchOrder
  readonly limit?: number
  /** `next` of the answer before: goes on where that one ended. */
  readonly cursor?: string
  /** Says of each hit why it stands where it does. */
  readonly explain?: boolean
  /** Whom to ask; absent: those that the operator chose. */
  readonly registries?: AskedRegistries
}

export interface SearchAnswer {
  /** Matches found, before `limit`; as many as were looked at where there are very many. */
  readonly total: number
  readonly results: readonly SearchHit[]
  /** Where the next page begins; absent on the last one. */
  readonly next?: string
  /** Peers were asked, and not all of them answered in time. */
  readonly partial?: true
  /** The words that were searched as well, because next to nothing matches those that were given. */
  readonly corrected?: readonly string[]
  /** An index that did not answer: what is shown of it is what it said then, Unix milliseconds. */
  readonly stale?: { readonly source: string; readonly asOf?: number }
}

export type SearchHit = Voucher & {
  readonly name: PackageName
  readonly version: Version
  /** Why it cannot be installed from the index that names it. */
  readonly without?: string
  readonly description: string
  readonly category: string
  readonly tags: readonly string[]
  /** In [0, 1]. */
  readonly score: number
  /** Nodes known to hold the archive. */
  readonly holders: number
  readonly explanation?: readonly RankPart[]
}
