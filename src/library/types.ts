import type { Digest, ErrorCode, IdentityId, Multiaddr, OpId, PackageName, PeerId, Proof, Sha512, StatusState, TransferReport, Version } from '#core'

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

export interface SearchAnswer {
  /** Matches found, before `limit`. */
  readonly total: number
  readonly results: readonly FoundPackage[]
  /** Where the next page begins; absent on the last one. */
  readonly next?: string
  /** Peers were asked, and not all of them answered in time. */
  readonly partial?: true
}

export interface FoundPackage {
  readonly name: PackageName
  readonly version: Version
  /** Its publisher. */
  readonly identity: IdentityId
  readonly description: string
  readonly category: string
  readonly tags: readonly string[]
  /** How well it matches, in [0, 1]. */
  readonly score: number
  /** Nodes known to hold the archive. */
  readonly holders: number
}

export interface VersionEntry {
  readonly version: Version
  /** `live`, `deprecated`, `yanked` or `withdrawn` by its publisher; `disputed`: two archives claim it, and it is never chosen. */
  readonly standing: StatusState | 'disputed'
  /** Unix seconds, publisher's clock. */
  readonly publishedAt: number
}

/** One release of a package, as its publisher signed it. */
export interface PackageDetails {
  readonly name: PackageName
  readonly version: Version
  readonly identity: IdentityId
  readonly standing: StatusState | 'disputed'
  /** What its publisher says about the standing. */
  readonly why?: string
  readonly summary: {
    readonly title: string
    readonly description: string
    readonly category: string
    readonly tags: readonly string[]
    readonly license: string
    readonly author: string
  }
  /** Of the archive. */
  readonly digest: Digest
  readonly sizeBytes: number
  /** The signed record. */
  readonly op: OpId
  /** Unix seconds, publisher's clock. */
  readonly publishedAt: number
  /** How many other packages it needs. */
  readonly dependencies: number
  readonly holders: number
  /** All versions, newest first. */
  readonly versions: readonly VersionEntry[]
}

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

export interface PublishReceipt {
  readonly name: PackageName
  readonly version: Version
  readonly identity: IdentityId
  readonly digest: Digest
  readonly sizeBytes: number
  readonly op: OpId
  /** Nodes known to hold the archive, this one included. */
  readonly holders: number
  /** The publisher wants more signatures than this key's: until they are there nobody can choose it. */
  readonly staged?: { readonly signatures: number; readonly need: number }
  /** What became of it at the central registry: `pending` is handed over as soon as that works; absent: there is no registry. */
  readonly targets?: readonly PublishTarget[]
}

/** One registry that a release is handed to. */
export interface PublishTarget {
  /** Where it is. */
  readonly target: string
  readonly state: 'stored' | 'pending' | 'refused'
  /** Why it is not there. */
  readonly error?: { readonly code: ErrorCode; readonly message: string; readonly hint: string }
}

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
export interface FetchedPackage extends TransferReport {
  readonly name: PackageName
  readonly version: Version
  readonly identity: IdentityId
  readonly digest: Digest
  readonly sha512: Sha512
  readonly sizeBytes: number
  readonly proof: Proof
  /** The archive (`.tgz`) in chunks. */
  read(options?: CallOptions): AsyncIterable<Uint8Array>
  /** The whole archive. */
  bytes(options?: CallOptions): Promise<Uint8Array>
}

export interface InstalledPackage {
  readonly name: PackageName
  readonly version: Version
  readonly identity: IdentityId
  readonly digest: Digest
  /** Absolute path of the package's folder. */
  readonly path: string
}

/** A peer that is connected. */
export interface PeerEntry {
  readonly peerId: PeerId
  /** The other end; of an inbound connection this is not an address that can be dialled. */
  readonly address?: Multiaddr
  readonly direction: 'inbound' | 'outbound'
  readonly latencyMs?: number
  /** How well it served this node so far, in [0, 1]; absent: nothing was asked of it. */
  readonly score?: number
  /** Unix milliseconds. */
  readonly since: number
}

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
