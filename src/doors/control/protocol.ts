import type {
  AskedRegistries, BandwidthLimits, Digest, FreshnessEvidence, IdentityId, LimitsChange, LookAlike, Multiaddr, NewsType, PackageName, PeerId, Proof, Sha512,
  StatusState, TransferProgress, TransferReport, Version, Voucher,
} from '#core'

/** The control protocol: JSON over HTTP on a unix socket. These forms are what `--json` prints, so they only ever grow. */
export const ROUTES = Object.freeze({
  health: '/v1/health',
  status: '/v1/status',
  settings: '/v1/settings',
  peers: '/v1/peers',
  connect: '/v1/connect',
  bans: '/v1/bans',
  ban: '/v1/ban',
  unban: '/v1/unban',
  allow: '/v1/allow',
  disallow: '/v1/disallow',
  limits: '/v1/limits',
  search: '/v1/search',
  watch: '/v1/watch',
  info: '/v1/info',
  plan: '/v1/plan',
  prepare: '/v1/publish/prepare',
  commit: '/v1/publish/commit',
  prepareStatement: '/v1/statements/prepare',
  commitStatement: '/v1/statements/commit',
  chain: '/v1/chain',
  staged: '/v1/staged',
  prepareApproval: '/v1/approve/prepare',
  approve: '/v1/approve/commit',
  fetch: '/v1/fetch',
  blobs: '/v1/blobs',
  replicate: '/v1/replicate',
  trust: '/v1/trust',
  trustAdd: '/v1/trust/add',
  trustRemove: '/v1/trust/remove',
  trustWhy: '/v1/trust/why',
  followed: '/v1/followed',
  follow: '/v1/follow',
  unfollow: '/v1/unfollow',
  blocked: '/v1/blocked',
  block: '/v1/block',
  unblock: '/v1/unblock',
  pins: '/v1/pins',
  pin: '/v1/pin',
  unpin: '/v1/unpin',
  cache: '/v1/cache',
  cacheClear: '/v1/cache/clear',
  cacheVerify: '/v1/cache/verify',
  bundleMake: '/v1/bundles/make',
  bundleTake: '/v1/bundles/take',
  npm: '/v1/npm',
  npmServed: '/v1/npm/served',
  npmUploads: '/v1/npm/uploads',
  npmUploadRemove: '/v1/npm/uploads/remove',
  npmAddresses: '/v1/npm/addresses',
  npmProbe: '/v1/npm/probe',
  npmBring: '/v1/npm/bring',
  npmKeep: '/v1/npm/keep',
  npmCopies: '/v1/npm/copies',
  npmKept: '/v1/npm/kept',
  npmUnkeep: '/v1/npm/unkeep',
  events: '/v1/events',
  stop: '/v1/stop',
})

/** `GET /v1/health`: the node is up and answers. */
export interface HealthReply {
  readonly status: 'ready'
  readonly version: string
  readonly pid: number
  readonly peerId: PeerId
  readonly addresses: readonly Multiaddr[]
}

/** `GET /v1/status` */
export interface StatusReply {
  readonly peerId: PeerId
  readonly uptimeSeconds: number
  readonly peers: number
  /** Different ones that were connected since the node started. */
  readonly peersMet: number
  readonly packages: number
  readonly releases: number
  readonly blobs: number
  /** All signed records the node knows: nodes with the same records have the same fingerprint. */
  readonly catalogue: { readonly ops: number; readonly fingerprint: string }
  readonly providerRecords: number
  readonly topics: readonly string[]
  readonly freshness: 'synced' | 'syncing' | 'alone'
  /** What speaks for the catalogue being up to date. */
  readonly evidence: FreshnessEvidence
  /** While many ops are brought from a peer: how many of how many are here, how fast they come, and how long it will take where that is known. */
  readonly catching?: { readonly ops: number; readonly of: number; readonly opsPerSecond: number; readonly remainingMs?: number }
  /** Records that the central registry has still to be handed; absent: none is configured. */
  readonly pendingDeliveries?: number
  readonly limits: BandwidthLimits
  readonly rates: RatesReply
}

/** Bytes per second that go now, from this node and to it. */
export interface RatesReply {
  readonly up: number
  readonly down: number
}

/** `GET /v1/limits`, and the answer of `PUT /v1/limits`. */
export interface LimitsReply {
  /** Bytes per second; absent: no limit. */
  readonly limits: BandwidthLimits
  readonly rates: RatesReply
}

/** `PUT /v1/limits`: bytes per second, `null` for no limit, and what is absent stays; or back to what is configured. */
export type LimitsQuestion = LimitsChange | { readonly reset: true }

/** One row of `GET /v1/peers` */
export interface PeerReply {
  readonly peerId: PeerId
  readonly address?: Multiaddr
  readonly direction: 'inbound' | 'outbound'
  readonly latencyMs?: number
  /** How well it served this node so far, in [0, 1]; absent: nothing was asked of it. */
  readonly score?: number
  /** Unix milliseconds. */
  readonly since: number
  readonly protocols: readonly string[]
}

/** `POST /v1/search`: all conditions must hold. */
export interface SearchQuestion {
  readonly words: readonly string[]
  readonly category?: string
  readonly tags?: readonly string[]
  readonly author?: string
  readonly license?: string
  readonly publisher?: IdentityId
  /** As the release names it: `tgz`. */
  readonly kind?: string
  /** Whether the package asks for install scripts. */
  readonly scripts?: boolean
  /** Released then or later: Unix seconds, publisher's clock. */
  readonly since?: number
  /** `relevance` (best first) where it is absent · `name` · `date`: newest release first. */
  readonly sort?: 'relevance' | 'name' | 'date'
  readonly limit?: number
  /** `next` of the answer before to the same question: goes on where that one ended. */
  readonly cursor?: string
  /** Say of each hit why it stands where it does. */
  readonly explain?: boolean
  /** Whom to ask; absent: those that the node is configured for. */
  readonly registries?: AskedRegistries
}

/**
 * `GET /v1/watch`: each field is a parameter of the query, a list one that is repeated (`?words=web&words=server&types=release`). All conditions must
 * hold; without any, everything is told. The answer are server-sent events, `News` and `MissedNews`, until the asker leaves or the node stops.
 */
export interface WatchQuestion extends Omit<SearchQuestion, 'sort' | 'limit' | 'cursor' | 'explain' | 'registries'> {
  /** Only packages that are called exactly like one of these. */
  readonly names?: readonly PackageName[]
  readonly types?: readonly NewsType[]
  /** Only what changed into one of these states. */
  readonly states?: readonly StatusState[]
}

/** `POST /v1/fetch` */
export interface FetchQuestion {
  /** Ask nobody: only what the node knows and holds. */
  readonly offline?: boolean
  /** As `parsePackageSpec` reads it. */
  readonly spec: string
  /** The publisher that the user chose for this name. */
  readonly trust?: IdentityId
  /** The publisher that the project's lock file names. */
  readonly locked?: IdentityId
  /** Nobody signed it: the index that a plan or the lock file names for the exact version of the spec, and its archive. */
  readonly vouched?: { readonly source: string; readonly digest: Digest; readonly sizeBytes?: number }
  /** Take a release that is weaker than the one before. */
  readonly acceptDowngrade?: boolean
  /** Take a release although a publisher that is followed advises against it. */
  readonly acceptAdvisory?: boolean
  /** Whom to ask; absent: those that the node is configured for. */
  readonly registries?: AskedRegistries
}

/** Answer of `POST /v1/fetch`: the archive is now in the node's store, from whom its bytes came, and why they were believed. */
export type FetchReply = Voucher & TransferReport & {
  readonly name: PackageName
  readonly version: Version
  readonly digest: Digest
  readonly sha512: Sha512
  readonly sizeBytes: number
  /** Absent where nobody signed it. */
  readonly proof?: Proof
  /** Known names that its name, which nothing had bound, can be taken for; absent where there are none. */
  readonly lookAlikes?: readonly LookAlike[]
}

/** What `POST /v1/fetch` says to an asker that accepts `text/event-stream`: how far it is, and at the end what became of it. */
export type FetchStep =
  | TransferProgress
  | { readonly type: 'fetched'; readonly release: FetchReply }
  | { readonly type: 'failed'; readonly error: unknown }

/** `POST /v1/replicate`: wait until other nodes keep copies of a release that this one holds. */
export interface ReplicateQuestion {
  /** As `parsePackageSpec` reads it. */
  readonly spec: string
  readonly replicas: number
  readonly waitMs: number
}

/** Its answer, also when there are fewer copies than wanted. */
export interface ReplicationReply {
  readonly wanted: number
  /** Other nodes that proved to hold the archive, first come first. */
  readonly holders: readonly PeerId[]
  /** Nodes that said they would hold it, and did not by the end. */
  readonly promised: readonly PeerId[]
  readonly declined: readonly { readonly peer: PeerId; readonly why: 'policy' | 'quota' | 'unknown-release' | 'busy' | 'silent' | 'lied' }[]
}

/** A release that the node keeps whatever else has to go; answer of `POST /v1/pin {spec}`. */
export interface PinReply {
  readonly name: PackageName
  readonly version: Version
  readonly identity: IdentityId
  readonly digest: Digest
  /** Of the archive; absent while it is not there. */
  readonly sizeBytes?: number
  /** `pin`: somebody pinned it · `own`: it was published from this node. */
  readonly reason: 'pin' | 'own'
  /** Unix milliseconds. */
  readonly since: number
}

/** `GET /v1/pins`, oldest first. */
export interface PinsReply {
  readonly pins: readonly PinReply[]
}

/** Answer of `POST /v1/unpin {spec}` */
export interface UnpinReply {
  readonly unpinned: readonly PinReply[]
}
