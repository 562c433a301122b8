export type { Replication } from '#flow/seed'
export { type P2PParts, P2PRegistry } from './p2p-registry.ts'
export type {
  CatchingUp, FetchedRelease, Keeping, PackageInfo, PinnedPackage, PreparedPublish, PublishReceipt, PublishRequest, Registry, RegistryStatus, ReplicaRequest,
  RankPart, SearchAnswer, SearchHit, SearchOrder, SearchQuery,
} from './registry.ts'
