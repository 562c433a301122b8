export type { AllowedReply, BanQuestion, BanReply, BansReply, ConnectedReply, DisallowReply, UnbanReply } from './access-protocol.ts'
export type { CacheCheckReply, CacheReply, ClearedReply } from './cache-protocol.ts'
export { type ControlClient, controlClient } from './control-client.ts'
export type { BlockedListReply, BlockedReply, BlockQuestion, FollowedListReply, FollowedReply } from './following-protocol.ts'
export type { LeftOutReply, LockedQuestion, PlannedPackageReply, PlannedWanterReply, PlanQuestion, PlanReply } from './plan-protocol.ts'
export type {
  BundleControl, BundleQuestion, BundleReply, LeftPackageReply, TakeBundleQuestion, TakenBundleReply, TakenRegistryReply,
} from './bundle-protocol.ts'
export type { NpmControl } from './npm-client.ts'
export type {
  NpmAddressesReply, NpmAddressQuestion, NpmBringQuestion, NpmBroughtReply, NpmCopiesQuestion, NpmCopiesReply, NpmKeepQuestion, NpmKeptListReply, NpmKeptReply,
  NpmProbeReply, NpmReply, NpmServedReply, NpmUnkeptReply, NpmUploadsReply, UploadReply,
} from './npm-protocol.ts'
export type { JsonValue, TakenSetting, TakenSettingsReply } from './settings-protocol.ts'
export { reviveError } from './open-answer.ts'
export type { PackageReply, SearchHitReply, SearchReply, SignedReply, SourcesReply, VouchedReply } from './package-protocol.ts'
export {
  type FetchQuestion, type FetchReply, type FetchStep, type HealthReply, type LimitsQuestion, type LimitsReply, type PeerReply, type PinReply, type PinsReply,
  type ReplicateQuestion, type ReplicationReply, ROUTES, type SearchQuestion, type StatusReply, type UnpinReply, type WatchQuestion,
} from './protocol.ts'
export type {
  ApprovalQuestion, ApprovalReply, ApprovedReply, PrepareQuestion, PrepareReply, ReceiptReply, SaidReply, SignatureQuestion, SignaturesReply, StagedListReply,
  StagedOpinionReply, StagedReleaseReply, StagedReply, StatementQuestion, StatementReply, TargetReply, TrustReply, TrustedNameReply,
} from './publisher-protocol.ts'
