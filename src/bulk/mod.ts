export type { BlobRequest, BlobShelf, BlobSource, BulkChannel, BulkOffer, Carrier, ShelvedBlob } from './blob-source.ts'
