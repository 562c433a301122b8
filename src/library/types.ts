import type { Digest, IdentityId, PackageName, Version, Voucher } from '#core'
import type {
  FetchReply, PackageReply, PeerReply, ReceiptReply, SearchHitReply, SearchReply, TargetReply,
} from '#doors/control'

/** What every call takes. */
export interface CallOptions {
  /** Gives the call up; it then throws `cancelled` (or `timeout`, for `AbortSignal.timeout`). */
  readonly signal?: AbortSignal
}

/** Which packages; all conditions must hold. */
export interface PackageConditions {
  readonly category?: string
  /** All of them. */
  readonly tags?: readonly string[]
  readonly author?: string
  readonly license?: string
  readonly publisher?: string
}

export interface SearchOptions extends PackageConditions, CallOptions {
  /** `relevance` (best first) where it is absent · `name` · `date`: newest release first. */
  readonly sort?: 'relevance' | 'name' | 'date'
  /** 1 to 100; 20 where it is absent. */
  readonly limit?: number
  /** `next` of the answer before to the same question. */
  readonly cursor?: string
}

/** `results` are the best ones, `total` says how many match, `next` where the next page begins; `partial`: not all peers that were asked answered in time. */
export type SearchAnswer = SearchReply

export type FoundPackage = SearchHitReply

/** `disputed`: two archives claim the version, and it is never chosen. */
export type VersionEntry = PackageReply['versions'][number]

/** One release of a package, as its publisher signed it, and what is said of it. */
export type PackageDetails = PackageReply

/** A package that is nowhere on the disk yet. */
export interface PackageDraft {
  readonly name: string
  readonly version: string
  readonly description?: string
  readonly category?: string
  readonly tags?: readonly string[]
  readonly author?: string
  readonly license?: string
  /** Content by path, relative to the root of the package; the manifest `ggen.toml` is made. */
  readonly files?: Readonly<Record<string, string | Uint8Array>>
}

export interface PublishOptions extends CallOptions {
  /**
   * Who alone is told of it: `p2p`, peers · `central`, the central registry · the address of a registry. Absent: peers, and the central registry where there
   * is one. Who alone is to have it may still not: `targets` of the receipt says so.
   */
  readonly to?: 'p2p' | 'central' | URL
}

/** `staged`: the publisher wants more signatures than this key's, and until they are there nobody can choose it. */
export type PublishReceipt = ReceiptReply

/** One registry that a release is handed to. */
export type PublishTarget = TargetReply

/** What the caller has decided about a release to fetch. */
export interface FetchOptions extends CallOptions {
  /** The publisher that is meant by this name; without one, `name-unverified` is thrown for a name that nothing speaks for yet. */
  readonly trust?: string
  /** Take a release that is weaker than the one before. */
  readonly acceptDowngrade?: boolean
  /** Take a release although a publisher that is followed advises against it. */
  readonly acceptAdvisory?: boolean
}

/** An archive that is on this node and verified: who gave its bytes, and why they were believed. */
export type FetchedPackage = FetchReply & {
  /** The archive (`.tgz`) in chunks. */
  read(options?: CallOptions): AsyncIterable<Uint8Array>
  /** The whole archive. */
  bytes(options?: CallOptions): Promise<Uint8Array>
}

export type InstalledPackage = Voucher & {
  readonly name: PackageName
  readonly version: Version
  readonly digest: Digest
  /** Absolute path of the package's folder. */
  readonly path: string
}

/** A peer that is connected; the address of an inbound connection is not one that can be dialled. */
export type PeerEntry = PeerReply

/** Figures of a node. Cheap: nothing is counted that is not known already, and nobody is asked. */
export interface RegistryStats {
  /** Peers that are connected now. */
  readonly connected_peers: number
  /** Different peers that were connected since the node started. */
  readonly total_peers: number
  /** Packages whose signed records are here, and that a search here finds without asking anybody. */
  readonly cached_packages: number
  /** Archives that this node tells others it holds. */
  readonly provider_records: number
  readonly gossip_topics: number
  readonly releases: number
  /** Signed records. */
  readonly records: number
  /** Archives that are here. */
  readonly archives: number
  /** Two nodes with the same records have the same one. */
  readonly fingerprint: string
  /** `synced`: a peer's records were compared with those here lately · `syncing` · `alone`: nobody to compare with. */
  readonly freshness: 'synced' | 'syncing' | 'alone'
}

/** A publisher that was made on this machine. */
export interface NewPublisher {
  readonly identity: IdentityId
  /** 24 words that bring the identity back when its keys are lost. Kept nowhere: show them to its owner once. */
  readonly recoveryWords: string
}
