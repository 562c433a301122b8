export type { WatchWish } from '#flow/search'
export type { Replication } from '#flow/seed'
export type { TrustPolicy } from './name-trust.ts'
export { type P2PParts, P2PRegistry } from './p2p-registry.ts'
export type {
  FetchedRelease, FetchRequest, Keeping, PackageInfo, PinnedPackage, PreparedPublish, PreparedStatement, PublishReceipt, PublishRequest, Registry,
  RegistryStatus, ReplicaRequest, SearchAnswer, SearchHit, SearchQuery, Speaking, StatementReceipt, StatementRequest, TrustedName, Trusting,
} from './registry.ts'
