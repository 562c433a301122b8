export type { WatchWish } from '#flow/search'
export type { Replication } from '#flow/seed'
export type { BlockedName, FollowedIdentity, Following } from './following.ts'
export { InstallCheck } from './install-check.ts'
export type { TrustPolicy } from './name-trust.ts'
export { type P2PParts, P2PRegistry } from './p2p-registry.ts'
export type {
  FetchedRelease, FetchRequest, Keeping, PackageInfo, PinnedPackage, PreparedPublish, PublishReceipt, PublishRequest, Registry, RegistryStatus,
  ReplicaRequest, SearchAnswer, SearchHit, SearchQuery, TrustedName, Trusting,
} from './registry.ts'
export type { ApprovalRequest, PreparedStatement, Speaking, StagedRecord, StatementReceipt, StatementRequest } from './speaking.ts'
