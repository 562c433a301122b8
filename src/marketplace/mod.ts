export { PEERS_ALONE, type Registries } from './registries.ts'
export type { CarriedRelease, CarriedReleases } from './carried-releases.ts'
export type { WatchWish } from '#flow/search'
export type { Replication } from '#flow/seed'
export type { BlockedName, FollowedIdentity, Following } from './following.ts'
export type {
  InstallPlan, LeftOut, LockedRelease, LockedVouched, PlannedDependency, PlannedPackage, PlannedWanter, PlanRequest, WantedPackage,
} from './install-plan.ts'
export { InstallCheck } from './install-check.ts'
export type { TrustPolicy } from './name-trust.ts'
export { type MarketplaceParts, NodeMarketplace } from './node-marketplace.ts'
export type { Grant, ListedRelease, NamedPackage, NamedPackages, NamedVersion, Shelf, ShelfHits, Stored, Taken } from './shelf.ts'
export type {
  DeliveryTarget, FetchedRelease, FetchRequest, Keeping, Marketplace, MarketplaceStatus, PackageInfo, PinnedPackage, PreparedPublish, PublishReceipt,
  PackageSources, PublishRequest, ReplicaRequest, SignedPackage, TrustedName, Trusting,
} from './marketplace.ts'
export type { OfferedPackage, OfferedRelease, Offering } from './offering.ts'
export type { SearchAnswer, SearchHit, SearchQuery } from './search-answer.ts'
export type { VouchedPackage, WantedVouched } from './vouched.ts'
export type { ApprovalRequest, PreparedStatement, Speaking, StagedRecord, StatementReceipt, StatementRequest } from './speaking.ts'
