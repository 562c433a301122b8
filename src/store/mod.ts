export type { BlobRange, BlobStore, BlobUsage, BlobWriter } from './blob-store.ts'
export type { Catalogue, CatalogueCounts, CatalogueEntry, CatalogueQuery, CatalogueSummary, OpRef } from './catalogue.ts'
export type { FeedHead, Intent, IntentState, Pin, TrustStore } from './trust-store.ts'
