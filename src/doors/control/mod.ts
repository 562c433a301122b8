export { type ControlClient, controlClient } from './control-client.ts'
export { reviveError } from './open-answer.ts'
export {
  type FetchReply, type FetchStep, type HealthReply, type LimitsQuestion, type LimitsReply, type PackageReply, type PeerReply, type PinReply, type PinsReply,
  type PrepareQuestion, type PrepareReply, type ReceiptReply, type ReplicateQuestion, type ReplicationReply, ROUTES, type SearchHitReply, type SearchQuestion,
  type SaidReply, type SearchReply, type SignatureQuestion, type SourcesReply, type StatementQuestion, type StatementReply, type StatusReply, type UnpinReply,
  type WatchQuestion,
} from './protocol.ts'
