export { type ControlClient, controlClient } from './control-client.ts'
export { reviveError } from './open-answer.ts'
export {
  type FetchReply, type FetchStep, type HealthReply, type LimitsQuestion, type LimitsReply, type PackageReply, type PeerReply, type PrepareQuestion,
  type PrepareReply, type ReceiptReply, ROUTES, type SearchHitReply, type SearchQuestion, type SearchReply, type SourcesReply, type StatusReply,
} from './protocol.ts'
