export type { WatchWish } from '#flow/search'
export type { Replication } from '#flow/seed'
export type { BlockedName, FollowedIdentity, Following } from './following.ts'
export { InstallCheck } from './install-check.ts'
export type { TrustPolicy } from './name-trust.ts'
export { type P2PParts, P2PRegistry } from './p2p-registry.ts'
export type {
  ApprovalRequest, FetchedRelease, FetchRequest, Keeping, PackageInfo, PinnedPackage, PreparedPublish, PreparedStatement, PublishReceipt, PublishRequest,
  Registry, RegistryStatus, ReplicaRequest, SearchAnswer, SearchHit, SearchQuery, Speaking, StagedRecord, StatementReceipt, StatementRequest, TrustedName,
  Trusting,
} from './registry.ts'
