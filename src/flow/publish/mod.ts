export { signIntent, unfinishedReleases } from './commit-release.ts'
export { packFolder } from './pack-folder.ts'
export {
  alreadyPublished, assertFeedHealthy, assertStillNext, prepareRelease, type PreparedRelease, type ReleaseDraft, type ReleaseFacts,
} from './prepare-release.ts'
export { type PublishSource, storeBytes, type StoredSource, storeSource } from './store-source.ts'
