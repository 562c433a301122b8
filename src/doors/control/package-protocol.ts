import type { Advice, Block, Digest, IdentityId, Mirror, OpId, Origin, PackageName, StatusState, Summary, Version, Voucher } from '#core'

/** Answer of `POST /v1/search`. */
export interface SearchReply {
  /** Matches found, before `limit`; as many as were looked at where there are very many. */
  readonly total: number
  readonly results: readonly SearchHitReply[]
  /** Where the next page begins; absent on the last one. */
  readonly next?: string
  /** Peers were asked, and not all of them answered in time. */
  readonly partial?: true
  /** The words that were searched as well, because next to nothing matches those that were given. */
  readonly corrected?: readonly string[]
  /** An index that did not answer: what is shown of it is what it said then, Unix milliseconds. */
  readonly stale?: { readonly source: string; readonly asOf?: number }
}

/** With the publisher that signed it, or the index that names it. */
export type SearchHitReply = Voucher & {
  readonly name: PackageName
  readonly version: Version
  /** Why it cannot be installed from the index that names it. */
  readonly without?: string
  readonly description: string
  readonly category: string
  readonly tags: readonly string[]
  /** In [0, 1]. */
  readonly score: number
  readonly holders: number
  /** Where it was asked for: what the score is made of. */
  readonly explanation?: readonly { readonly signal: string; readonly points: number }[]
}

/** Answer of `POST /v1/info {spec, sources?, registries?}`; with `sources` also where this node's copy comes from (`SourcesReply`). */
export type PackageReply = SignedReply | VouchedReply

/** What an index of somebody else says of a package; nobody signed it. */
export interface VouchedReply {
  readonly name: PackageName
  readonly identity?: never
  /** What may be told of where the index is. */
  readonly source: string
  readonly version: Version
  /** `disputed`: the index named two digests for it. */
  readonly standing: 'live' | 'disputed'
  /** Why it cannot be installed from there. */
  readonly without?: string
  readonly summary: Summary
  readonly digest?: Digest
  readonly sizeBytes?: number
  readonly holders: number
  /** The index did not answer: this is what it said then, Unix milliseconds. */
  readonly asOf?: number
  /** What only a signed release says. */
  readonly op?: never
  readonly mirror?: never
  readonly publishedAt?: never
  readonly scripts?: never
  readonly bins?: never
  readonly dependencies?: never
  /** Newest first. */
  readonly versions: readonly { readonly version: Version; readonly standing: 'live' | 'disputed' }[]
}

/** What a publisher signed. */
export interface SignedReply {
  readonly name: PackageName
  readonly identity: IdentityId
  readonly source?: never
  readonly version: Version
  readonly standing: StatusState | 'disputed'
  readonly why?: string
  readonly summary: Summary
  readonly digest: Digest
  readonly sizeBytes: number
  readonly op: OpId
  /** What this version is a copy of, where its publisher says that it is one. */
  readonly mirror?: Mirror
  /** Unix seconds, publisher's clock. */
  readonly publishedAt: number
  readonly scripts: boolean
  readonly bins: number
  readonly dependencies: number
  readonly holders: number
  /** Somebody whose word counts says that nothing of it should be used. */
  readonly blocked?: Block
  /** What publishers that are followed say against this version, the worst first. */
  readonly advice?: readonly Advice[]
  /** Newest first. */
  readonly versions: readonly { readonly version: Version; readonly standing: StatusState | 'disputed'; readonly publishedAt: number }[]
}

export type SourcesReply = (SignedReply & Origin) | (VouchedReply & { readonly origin: 'vouched'; readonly sources: readonly [] })
