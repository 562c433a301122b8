import type { PackFacts } from '#archive'
import type { Digest, IdentityId, News, MissedNews, OpId, PackageName, StatusState, Version } from '#core'
import type { BlobRange, NamePage } from '#store'
import type { SearchHit, SearchQuery } from './search-answer.ts'

/**
 * What a node holds, for a door that hands it on as it is: signed records and the bytes that they name. Whoever gets them judges them, so nothing here
 * chooses for anybody; and what is handed in is judged as if a peer had sent it.
 */
export interface Shelf {
  /** All signed records that are held; equal where the same are. */
  summary(): { readonly ops: number; readonly fingerprint: string }
  /** Everything that is known of everybody who has something under a name; `undefined`: nobody has. */
  named(name: PackageName): NamedPackages | undefined
  /** The envelope of an op. */
  op(id: OpId): Uint8Array | undefined
  /** One page of what matches, ranked by what every node can know. Throws `query-invalid`, `too-busy`. */
  search(query: SearchQuery, signal: AbortSignal): Promise<ShelfHits>

  /** Size of a blob that may be given to others; `undefined`: it is not here, or is withheld. */
  size(digest: Digest): Promise<number | undefined>
  /** Its bytes in order, in chunks of at most 1 MiB. Throws `blob-not-found`. */
  read(digest: Digest, range: BlobRange, signal: AbortSignal): AsyncIterable<Uint8Array>
  /** Makes bytes durable under their digest. Throws `integrity` for other ones, `archive-too-large`, `disk-full`, and what `chunks` throws. */
  store(digest: Digest, chunks: AsyncIterable<Uint8Array>): Promise<Stored>
  /**
   * Takes records in, whole or not at all; records of chains may stay when a later one is refused. When it resolves, they and the archives of their releases
   * are durable, are never let go, and as many other nodes as the grant demands hold them, too. Throws `op-invalid`, `denied`, `blob-not-found` (with
   * `details.digest`), `integrity`, `archive-unsafe`, `archive-broken`, `archive-too-large`, `replicas-missing`, `disk-full`.
   */
  take(envelopes: readonly Uint8Array[], grant: Grant, signal: AbortSignal): Promise<Taken>

  /** Names that something is published under, those heard of first in front; a name may come twice. */
  names(after: number, limit: number): NamePage
  /** The release that a name means where there is room for one: the newest acceptable one of the publisher whom it means here, if it means one. */
  listed(name: PackageName): ListedRelease | undefined
  /** What its archive says of itself, worked out when it is asked for the first time. `undefined`: the archive is not here. Throws what reading it throws. */
  pack(archive: Digest, signal: AbortSignal): Promise<PackFacts | undefined>
  /** Changes whenever names may mean somebody else than before without any news. */
  readonly meanings: string
  /** What becomes known from now on. Throws `too-busy`. */
  news(signal: AbortSignal): AsyncIterable<News | MissedNews>
}

export interface NamedPackages {
  /** Envelopes of chains and packages, parents before children. */
  readonly records: readonly Uint8Array[]
  /** One for each publisher, the one that the name is bound to first, then those heard of first. */
  readonly packages: readonly NamedPackage[]
  /** Publishers for whom there was no room. */
  readonly left: number
}

export interface NamedPackage {
  readonly identity: IdentityId
  /** Newest first. */
  readonly versions: readonly NamedVersion[]
}

export interface NamedVersion {
  readonly version: Version
  readonly digest: Digest
  readonly sizeBytes: number
  readonly standing: StatusState | 'disputed'
  /** Unix seconds, publisher's clock. */
  readonly publishedAt: number
  readonly op: OpId
}

export interface ShelfHits {
  readonly total: number
  readonly results: readonly Omit<SearchHit, 'holders'>[]
  /** What the hits stand on, parents before children, each once. */
  readonly records: readonly Uint8Array[]
  readonly next?: string
}

export interface Stored {
  readonly sizeBytes: number
  /** It was not here before. */
  readonly isNew: boolean
}

/** What somebody may store, and what must be so before it counts as stored. */
export interface Grant {
  /** Names it; is kept with what came by it. */
  readonly id: string
  /** `undefined`: what is said of others. */
  readonly covers: (name: PackageName | undefined) => boolean
  /** Other nodes that have to hold it, too. */
  readonly replicas: number
}

export interface Taken {
  readonly accepted: readonly OpId[]
  readonly known: readonly OpId[]
}

export interface ListedRelease {
  readonly name: PackageName
  readonly version: Version
  readonly identity: IdentityId
  readonly digest: Digest
  readonly sizeBytes: number
  /** Unix seconds, publisher's clock. */
  readonly publishedAt: number
}
