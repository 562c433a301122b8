export { answerFeed, parentsFirst } from './answer-feed.ts'
export { type Freshness, SyncLoop, type SyncParts } from './keep-in-sync.ts'
export { Intake, pullMissing, pullPackage, type PullParts } from './pull-ops.ts'
