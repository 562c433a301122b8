export type {
  FetchedRelease, PackageInfo, PreparedPublish, PublishReceipt, PublishRequest, Registry, RegistryStatus, SearchAnswer, SearchHit, SearchQuery,
} from './registry.ts'
