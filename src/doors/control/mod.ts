export { type ControlClient, controlClient } from './control-client.ts'
export { reviveError } from './open-answer.ts'
export {
  type AllowedReply, type BanQuestion, type BanReply, type BansReply, type DisallowReply, type FetchQuestion, type FetchReply, type FetchStep,
  type HealthReply, type LimitsQuestion, type LimitsReply, type PackageReply, type PeerReply, type PinReply, type PinsReply, type ReplicateQuestion,
  type ReplicationReply, ROUTES, type SearchHitReply, type SearchQuestion, type SearchReply, type SourcesReply, type StatusReply, type UnbanReply,
  type UnpinReply, type WatchQuestion,
} from './protocol.ts'
export type {
  ApprovalQuestion, PrepareQuestion, PrepareReply, ReceiptReply, SaidReply, SignatureQuestion, SignaturesReply, StagedListReply, StagedReply,
  StatementQuestion, StatementReply, TrustReply, TrustedNameReply,
} from './publisher-protocol.ts'
