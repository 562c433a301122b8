export { BlobLedger, type Reservation } from './blob-ledger.ts'
export type { BlobQuota, BlobRange, BlobStore, BlobUsage, BlobWriter, HeldBlob, SweptBlobs, StreamOptions } from './blob-store.ts'
export { answerQuery, type Candidates, type MatchSource } from './answer-query.ts'
export type { Catalogue, CatalogueCounts, CatalogueEntry, NamePage, Publisher } from './catalogue.ts'
export type { Evictable } from './choose-victims.ts'
export { type ChainKey, chainOf } from './chain-key.ts'
export { chunksOf } from './chunks-of.ts'
export { CoveredRanges } from './covered-ranges.ts'
export { addTo, EMPTY_SUM, sumOf } from './hash-sum.ts'
export { memoryBlobStore } from './memory-blob-store.ts'
export { memoryCatalogue } from './memory-catalogue.ts'
export { memoryNpmRecords } from './memory-npm-records.ts'
export { MemoryOpSet } from './memory-op-set.ts'
export { memoryPackageSearch } from './memory-package-search.ts'
export { memoryReceiptStore } from './memory-receipt-store.ts'
export { memoryRegistryRecords } from './memory-registry-records.ts'
export { memoryTrustStore } from './memory-trust-store.ts'
export { ListedEntries, type ListedEntry } from './listed-entries.ts'
export { mergePages } from './merge-pages.ts'
export { matchEntry, matchName, type WordQuery } from './match-entry.ts'
export {
  type DocumentHead, type DocumentKey, type KnownKeys, type KnownRelease, type KnownTarball, type NewTarball, type NpmRecords, type NpmRoom, type ReleaseKey,
} from './npm-records.ts'
export { oneAtATime } from './one-at-a-time.ts'
export {
  assertTime, AT_END, boundBetween, compareBounds, FIRST_BOUND, LAST_BOUND, type OpBound, type OpRange, type OpSet, type OpStretch,
  type SetSummary, WHOLE_SET,
} from './op-set.ts'
export type {
  FoundPackage, FoundPackages, KeptSignal, PackageFilters, PackageQuery, PackageSearch, RankPart, SearchOrder, SearchSignals,
} from './package-search.ts'
export type { PendingDeliveries, PendingDelivery } from './pending-deliveries.ts'
export type { PartialBlob } from './partial-blob.ts'
export { FIELDS, type Match } from './rank-package.ts'
export type { ReceiptStore } from './receipt-store.ts'
export type { Promised, PromisedBlob, PromisedPage, RegistryRecords } from './registry-records.ts'
export {
  blobNotFound, diskNearlyFull, intentGone, placeTaken, storeClosed, tooManyBlocked, tooManyDeliveries, tooManyFollowed,
  tooManyIntents, tooManyKept, wrongDigest, wrongSha512,
} from './refusals.ts'
export { type EntryTerms, entryTerms, facetsOf, indexTerms, NAME_MARK, queryTerms, spellingOf, TAG_MARK, tokenize } from './search-terms.ts'
export { type SpelledWord, Spelling } from './spelling.ts'
export type { BlockedSubject, FollowedPublisher, SeenPackage, SeenRelease, TrustMemory } from './trust-memory.ts'
export type { FeedHead, Intent, IntentState, KeepReason, KeptPackage, KeptRelease, Pin, TrustStore } from './trust-store.ts'
export type { KeptArchive, KeptArchives, KeptFor, KeptTerms } from './kept-archives.ts'
