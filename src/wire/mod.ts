export { type BlobAnswer, type BlobQuestion, decodeBlobAnswer, decodeBlobQuestion, encodeBlobAnswer, encodeBlobQuestion } from './blob-message.ts'
export { ChunkList, chunkListBytes, chunkListDigest, chunkListId, decodeChunkList, encodeChunkList } from './chunk-list.ts'
export {
  decodeFeedBatch, decodeFeedOps, decodeFeedQuestion, encodeFeedBatch, encodeFeedOps, encodeFeedQuestion, type FeedBatch, type FeedOps, type FeedQuestion,
} from './feed-message.ts'
export {
  decodeHaveAnswer, decodeHaveQuestion, encodeHaveAnswer, encodeHaveQuestion, type HaveAnswer, type HaveOffer, type HaveQuestion,
  type HeldBlob,
} from './have-message.ts'
export {
  type AskedDocument, decodeNpmAnswer, decodeNpmQuestion, encodeNpmAnswer, encodeNpmQuestion, type HeldDocument, type HeldTarball, type HeldVersion,
  type KeepWord, type NpmAnswer, type NpmAsked, type NpmQuestion,
} from './npm-message.ts'
export {
  decodeOpinionsAnswer, decodeOpinionsQuestion, encodeOpinionsAnswer, encodeOpinionsQuestion, type OpinionsAnswer, type OpinionsQuestion,
} from './opinions-message.ts'
export { decodeSearchOps, decodeSearchQuestion, encodeSearchOps, encodeSearchQuestion, type SearchOps, type SearchQuestion } from './search-message.ts'
export {
  decodeSeedAnswer, decodeSeedQuestion, encodeSeedAnswer, encodeSeedQuestion, type SeedAnswer, type SeedQuestion, type SeedRefusal,
} from './seed-message.ts'
export { decodeFrame, encodeVarint, FINGERPRINT_BYTES, type FrameBound, type FrameRange, FrameWriter, HASH_BYTES, ownVersion } from './range-frame.ts'
export { decodeSnapshotChunk, SnapshotChunkWriter } from './snapshot-chunk.ts'
export {
  decodeSnapshotAnswer, decodeSyncAnswer, decodeSyncQuestion, encodeSnapshotAnswer, encodeSyncAnswer, encodeSyncQuestion, type Snapshot,
  type SnapshotAnswer, type SnapshotChunk, type SyncAnswer, type SyncQuestion,
} from './sync-message.ts'
