export { type P2PParts, P2PRegistry } from './p2p-registry.ts'
export type {
  FetchedRelease, PackageInfo, PreparedPublish, PublishReceipt, PublishRequest, Registry, RegistryStatus, SearchAnswer, SearchHit, SearchQuery,
} from './registry.ts'
