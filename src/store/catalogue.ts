import type { Digest, FeedOp, IdentityId, Op, OpId, PackageName, Version } from '#core'

/**
 * The set of all ops a node knows, and a full-text index over one entry per (identity, name). Synchronous: it is the same
 * in the simulator, in SQLite and in memory. Everything in `transact` happens or nothing does.
 */
export interface Catalogue extends Disposable {
  /** Runs `work` in one transaction; an exception rolls everything back. Nesting joins the outer transaction. */
  transact<T>(work: () => T): T
  /** Adds an op, or replaces the envelope of the same op (more co-signatures). */
  putOp(op: Op): void
  opBytes(id: OpId): Uint8Array | undefined
  /** Envelopes of the genesis and roles ops of an identity, in no particular order. */
  chainOps(identity: IdentityId): Uint8Array[]
  /** Envelopes of the release and status ops of one package, in no particular order. */
  feedOps(identity: IdentityId, name: PackageName): Uint8Array[]
  /** Names under which an identity has feed ops. */
  namesOf(identity: IdentityId): PackageName[]
  /** Identities that have feed ops under a name (also where nothing of theirs stands), in the order of their ids. */
  claimants(name: PackageName): IdentityId[]
  /** Fingerprint of the whole set, kept incrementally: equal sets have equal summaries. */
  summary(): CatalogueSummary
  /** Op references ordered by (at, id), those after `after`, at most `limit`. */
  page(after: OpRef | undefined, limit: number): OpRef[]
  counts(): CatalogueCounts

  /** Adds or replaces the entry that search shows for (identity, name). */
  putEntry(entry: CatalogueEntry): void
  removeEntry(identity: IdentityId, name: PackageName): void
  /** All entries of that name, one per identity, in the order of their identities. */
  entriesNamed(name: PackageName): CatalogueEntry[]
  /** Full-text candidates, best first by the index's own order; `total` counts all matches up to `limit`. */
  match(query: CatalogueQuery): CatalogueEntry[]
}

export interface OpRef {
  readonly at: number
  readonly id: OpId
}

export interface CatalogueSummary {
  readonly ops: number
  /** Hex of the sum modulo 2^256 of the 32-byte sha2-256 digests inside the op ids. */
  readonly fingerprint: string
}

export interface CatalogueCounts {
  readonly ops: number
  readonly packages: number
  readonly releases: number
}

/** What search shows: derived from the newest acceptable release, never sent over the wire. */
export interface CatalogueEntry {
  readonly identity: IdentityId
  readonly name: PackageName
  readonly version: Version
  readonly digest: Digest
  readonly title: string
  readonly description: string
  readonly tags: readonly string[]
  readonly category: string
  readonly license: string
  readonly author: string
  /** Publisher's clock of that release, Unix seconds. */
  readonly at: number
  /** The release op behind this entry. */
  readonly op: FeedOp['id']
}

/** Already parsed words: user text never reaches the full-text engine as syntax. All conditions must hold. */
export interface CatalogueQuery {
  /** Lower-case tokens of letters and digits; each must match the beginning of a word in name, tags, category, author, title or description. */
  readonly words: readonly string[]
  readonly category?: string
  readonly tags?: readonly string[]
  readonly limit: number
}
