import type {
  Advice, AskedRegistries, Block, Digest, ErrorCode, FreshnessEvidence, IdentityId, LookAlike, Mirror, MissedNews, News, OneRegistry, OpId, Origin,
  PackageName, PackageSpec, PeerId, PinOrigin, Proof, PublicKey, RegistryId, Sha512, StatusState, Summary, TransferProgress, TransferReport, TrustReport,
  Version,
} from '#core'
import type { WatchWish } from '#flow/search'
import type { Replication } from '#flow/seed'
import type { Catching } from '#flow/sync'
import type { SweptBlobs } from '#store'
import type { Signature } from '#trust'
import type { CheckedBlobs, HeldUsage } from './held-blobs.ts'
import type { Speaking, StagedRecord } from './speaking.ts'
import type { FetchedVouched, VouchedPackage, WantedVouched } from './vouched.ts'
import type { Following } from './following.ts'
import type { InstallPlan, PlanRequest } from './install-plan.ts'
import type { SearchAnswer, SearchQuery } from './search-answer.ts'

/** The life of a package behind one interface: what every door talks to, and what every source of packages implements. */
export interface Marketplace {
  /**
   * First half of publishing: packs the folder (or takes the archive as it is), checks it, stores its bytes durably and journals
   * the exact payload to sign. Nothing is visible yet. Throws `manifest-missing`, `manifest-invalid`, `name-invalid`, `version-invalid`,
   * `archive-unsafe`, `archive-broken`, `archive-too-large`, `path-not-found`, `conflict`, `disk-full`; where a registry alone is to be told, `usage`,
   * `token-missing` and `denied`.
   */
  prepare(request: PublishRequest, signal: AbortSignal): Promise<PreparedPublish>
  /**
   * Second half: takes the signatures, and from then on never forgets the release. Resolves when it is stored and announced.
   * Throws `publish-expired`, `op-invalid`, `disk-full`.
   */
  commit(intent: OpId, signatures: readonly Signature[], signal: AbortSignal): Promise<PublishReceipt>
  /**
   * Packages that match, best first; asks peers where this node knows nothing. Throws `query-invalid`, and where a server alone is to be asked and nothing is
   * found what kept it from answering.
   */
  search(query: SearchQuery, signal: AbortSignal): Promise<SearchAnswer>
  /**
   * What becomes known from now on, as it comes: published here, told by gossip, or brought by sync. Who reads slowly is told how much was left out.
   * Ends when the signal aborts or the marketplace closes. Throws at once: `query-invalid`, `too-busy` above `LIMITS.watchers`, and `no-catalogue` on a
   * light node, which nobody tells what is new.
   */
  watch(wish: WatchWish, signal: AbortSignal): AsyncIterable<News | MissedNews>
  /**
   * Everything known of one package; `registries`: whom to ask, those that the operator chose where it is absent. Throws `package-not-found`,
   * `version-not-found`, `name-contested`, `range-invalid`.
   */
  info(spec: PackageSpec, signal: AbortSignal, registries?: AskedRegistries): Promise<PackageInfo>
  /** What `info` says, and where this node's copy of the archive comes from. Throws what `info` throws. */
  sources(spec: PackageSpec, signal: AbortSignal, registries?: AskedRegistries): Promise<PackageSources>
  /**
   * Chooses a release for installing, brings its archive into this node's store, verifies it, and remembers whom the name means and how the release was
   * signed. Throws what `info` throws, and `name-unverified`, `identity-changed`, `too-young`, `advised-against`, `denied`, `downgrade`, `rollback`,
   * `disputed`, `no-holder`, `integrity`, `archive-unsafe`. `onProgress` hears how far the archive is.
   */
  fetch(request: FetchRequest, signal: AbortSignal, onProgress?: (progress: TransferProgress) => void): Promise<FetchedRelease>
  /**
   * Chooses one release of each package that a project needs, so that all suit each other: the newest that may be installed, or what is locked where it
   * still fits. Whose package a name means is decided as `fetch` decides it, and nothing is remembered before that. Throws `dependency-conflict`, which says
   * who wants what; of a package that something needs what `fetch` throws before bytes come; `usage`, `range-invalid`, `identity-changed`, and `too-busy`
   * where there are too many ways to choose.
   */
  plan(request: PlanRequest, signal: AbortSignal): Promise<InstallPlan>
  /** The bytes of an archive that `fetch` brought, in order. Throws `blob-not-found`. */
  read(digest: Digest, signal: AbortSignal): AsyncIterable<Uint8Array>
  status(): Promise<MarketplaceStatus>
  /** How well a peer served this node so far, in [0, 1]; `undefined`: nothing was asked of it. No reason to believe it anything. */
  peerScore(peer: PeerId): number | undefined
  readonly keeping: Keeping
  readonly speaking: Speaking
  readonly trusting: Trusting
  readonly following: Following
}

/** A release to install, and what the asker has decided. */
export interface FetchRequest {
  readonly spec: PackageSpec
  /** The publisher that the user chose for this name. */
  readonly trust?: IdentityId
  /** The publisher that the project's lock file names. */
  readonly locked?: IdentityId
  /** The exact version of the spec is one of an index, chosen before. */
  readonly vouched?: WantedVouched
  /** Take a release that is weaker than the one before. */
  readonly acceptDowngrade?: boolean
  /** Take a release although a publisher that is followed advises against it. */
  readonly acceptAdvisory?: boolean
  /** Ask nobody: only what this node knows and holds; `blob-not-found` where it does not hold the archive. */
  readonly offline?: boolean
  /** Whom to ask; absent: those that the operator chose. */
  readonly registries?: AskedRegistries
}

/** Whom the names of packages mean here. */
export interface Trusting {
  /** The names that are bound to a publisher, in the order of names. */
  names(): Promise<readonly TrustedName[]>
  /** Binds a name to a publisher, whatever it was bound to. Throws `usage` for one that nobody here has heard of. */
  add(name: PackageName, identity: IdentityId): Promise<TrustedName>
  /** Lets a name go; resolves to what it was bound to. Throws `not-trusted`. */
  remove(name: PackageName): Promise<TrustedName>
  /** Everything that speaks for and against whoever publishes under a name. */
  why(name: PackageName, signal: AbortSignal): Promise<TrustReport>
}

export interface TrustedName {
  readonly name: PackageName
  readonly identity: IdentityId
  /** Unix milliseconds. */
  readonly since: number
  readonly how: PinOrigin
}

/** What stays on this node, and who else keeps it. */
export interface Keeping {
  /**
   * Fetches a release and keeps it with everything that belongs to it, whatever the quota. Throws what `fetch` throws, and `too-busy` when
   * too much is kept.
   */
  pin(spec: PackageSpec, signal: AbortSignal): Promise<PinnedPackage>
  /** Lets go what is pinned of a package; resolves to that. Throws `not-pinned` and `range-invalid`. */
  unpin(spec: PackageSpec): Promise<readonly PinnedPackage[]>
  /** All that is kept, oldest first. */
  pins(): Promise<readonly PinnedPackage[]>
  /**
   * Asks connected peers to keep a copy of a release that this node holds, and waits until enough do, nobody is left who could, or the time is
   * over. Fewer than wanted are no error here. Throws what `info` throws, and `blob-not-found`.
   */
  replicate(spec: PackageSpec, request: ReplicaRequest, signal: AbortSignal): Promise<Replication>
  /** How much this node holds. */
  usage(): Promise<HeldUsage>
  /** Drops all bytes that nobody keeps; resolves to how much that was. */
  clear(signal: AbortSignal): Promise<SweptBlobs>
  /** Hashes all bytes again and drops what the disk has damaged. */
  check(signal: AbortSignal): Promise<CheckedBlobs>
}

export interface PublishRequest {
  /** Absolute path of a folder with a manifest, or of a `.tgz` / `.tar.gz`. */
  readonly path: string
  readonly identity: IdentityId
  /** Envelopes of the identity's own chain, genesis first, so that the network learns of a new publisher. */
  readonly chain: readonly Uint8Array[]
  /** The release key that will sign. */
  readonly feed: PublicKey
  /** What it is a copy of, where the publisher is not its author. */
  readonly mirror?: Mirror
  /** Who alone is told of it now; absent: peers, and the central registry where there is one. */
  readonly tells?: OneRegistry
  /** What the publisher has just said that `latest` means stays so, however high the version is. */
  readonly keepsLatest?: boolean
}

/** Either something to sign, or the receipt of the very same release published before. */
export type PreparedPublish =
  | {
      readonly state: 'unsigned'; readonly intent: OpId; readonly payload: Uint8Array; readonly name: PackageName; readonly version: Version
      /** Where the name is new: known ones that it can be taken for; absent where there are none. */
      readonly lookAlikes?: readonly LookAlike[]
    }
  | { readonly state: 'published'; readonly receipt: PublishReceipt }

export interface PublishReceipt {
  readonly name: PackageName
  readonly version: Version
  readonly identity: IdentityId
  readonly digest: Digest
  readonly sizeBytes: number
  readonly op: OpId
  /** Nodes known to hold the archive, this one included. */
  readonly holders: number
  /** It waits for more signatures; until then nobody can choose it. */
  readonly staged?: Pick<StagedRecord, 'signatures' | 'need' | 'people' | 'human'>
  /** What became of it at registries that it is to be handed to; absent: there are none. */
  readonly targets?: readonly DeliveryTarget[]
}

/**
 * `stored`: it is kept there · `pending`: it is handed over as soon as that works, also after a restart · `refused`: it is not, unless it is published
 * again.
 */
export interface DeliveryTarget {
  /** Where it is. */
  readonly target: RegistryId
  readonly state: 'stored' | 'pending' | 'refused'
  /** Why it is not there. */
  readonly error?: { readonly code: ErrorCode; readonly message: string; readonly hint: string }
}

/** What a publisher signed, or what an index says. */
export type PackageInfo = SignedPackage | VouchedPackage

/** What is known of a package, and where this node's copy of its archive comes from. */
export type PackageSources = (SignedPackage & Origin) | (VouchedPackage & { readonly origin: 'vouched'; readonly sources: readonly [] })

export interface SignedPackage {
  readonly name: PackageName
  readonly identity: IdentityId
  readonly source?: never
  /** The version that was asked for, or the newest acceptable one. */
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
  /** All versions, newest first. */
  readonly versions: readonly { readonly version: Version; readonly standing: StatusState | 'disputed'; readonly publishedAt: number }[]
}

/** An archive that is here and verified: who gave its bytes, and why they were believed. */
export type FetchedRelease = FetchedSigned | (FetchedVouched & { readonly proof?: never; readonly lookAlikes?: never })

export interface FetchedSigned extends TransferReport {
  readonly name: PackageName
  readonly version: Version
  readonly identity: IdentityId
  readonly source?: never
  readonly digest: Digest
  readonly sha512: Sha512
  readonly sizeBytes: number
  readonly proof: Proof
  /** Known names that its name, which nothing had bound, can be taken for; absent where there are none. */
  readonly lookAlikes?: readonly LookAlike[]
}

export interface MarketplaceStatus {
  /** All signed records this node knows. Nodes with the same records have the same fingerprint, and it says nothing else. */
  readonly catalogue: { readonly ops: number; readonly fingerprint: string }
  readonly packages: number
  readonly releases: number
  readonly blobs: number
  /** `synced`: a peer's catalogue was compared with ours lately · `syncing` · `alone`: no peer to compare with. */
  readonly freshness: 'synced' | 'syncing' | 'alone'
  /** What speaks for it being up to date. */
  readonly evidence: FreshnessEvidence
  /** While many ops are brought from a peer. */
  readonly catching?: Catching
  /** Records that the central registry has still to be handed; absent: there is none. */
  readonly pendingDeliveries?: number
}

/** A release that stays on this node whatever else has to go. */
export interface PinnedPackage {
  readonly name: PackageName
  readonly version: Version
  readonly identity: IdentityId
  readonly digest: Digest
  /** Of the archive; absent while it is not here. */
  readonly sizeBytes?: number
  /** `pin`: the user wants it · `own`: it was published from here. */
  readonly reason: 'pin' | 'own'
  /** Unix milliseconds. */
  readonly since: number
}

/** How many copies on other nodes are wanted, and how long to wait for them. */
export interface ReplicaRequest {
  /** 1 to `LIMITS.replicas`. */
  readonly replicas: number
  readonly waitMs: number
}
