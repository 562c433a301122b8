export { BlobLedger, type Reservation } from './blob-ledger.ts'
export type { BlobQuota, BlobRange, BlobStore, BlobUsage, BlobWriter, StreamOptions } from './blob-store.ts'
export type { Catalogue, CatalogueCounts, CatalogueEntry, CatalogueQuery, Publisher } from './catalogue.ts'
export type { Evictable } from './choose-victims.ts'
export { chunksOf } from './chunks-of.ts'
export { CoveredRanges } from './covered-ranges.ts'
export { addTo, EMPTY_SUM, sumOf, takeFrom } from './hash-sum.ts'
export { memoryBlobStore } from './memory-blob-store.ts'
export { memoryCatalogue } from './memory-catalogue.ts'
export { MemoryOpSet } from './memory-op-set.ts'
export { memoryReceiptStore } from './memory-receipt-store.ts'
export { memoryTrustStore } from './memory-trust-store.ts'
export { oneAtATime } from './one-at-a-time.ts'
export {
  assertTime, AT_END, boundBetween, compareBounds, FIRST_BOUND, LAST_BOUND, type OpBound, type OpRange, type OpSet, type OpStretch,
  type SetSummary, WHOLE_SET,
} from './op-set.ts'
export type { PartialBlob } from './partial-blob.ts'
export type { ReceiptStore } from './receipt-store.ts'
export {
  blobNotFound, diskNearlyFull, intentGone, placeTaken, storeClosed, tooManyIntents, tooManyKept, wrongDigest, wrongSha512,
} from './refusals.ts'
export { entryFacets, queryTerms, tokenize } from './search-terms.ts'
export type { FeedHead, Intent, IntentState, KeepReason, KeptPackage, KeptRelease, Pin, TrustStore } from './trust-store.ts'
