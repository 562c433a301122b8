export { type BlobAnswer, type BlobQuestion, decodeBlobAnswer, decodeBlobQuestion, encodeBlobAnswer, encodeBlobQuestion } from './blob-message.ts'
export { ChunkList, chunkListBytes, chunkListDigest, chunkListId, decodeChunkList, encodeChunkList } from './chunk-list.ts'
export {
  decodeFeedOps, decodeFeedPage, decodeFeedQuestion, decodeFeedSummary, encodeFeedOps, encodeFeedPage, encodeFeedQuestion, encodeFeedSummary, type FeedOps,
  type FeedQuestion, type FeedRef, type FeedSummary,
} from './feed-message.ts'
export {
  decodeHaveAnswer, decodeHaveQuestion, encodeHaveAnswer, encodeHaveQuestion, type HaveAnswer, type HaveOffer, type HaveQuestion,
  type HeldBlob,
} from './have-message.ts'
export { decodeSearchOps, decodeSearchQuestion, encodeSearchOps, encodeSearchQuestion, type SearchOps, type SearchQuestion } from './search-message.ts'
export {
  decodeSeedAnswer, decodeSeedQuestion, encodeSeedAnswer, encodeSeedQuestion, type SeedAnswer, type SeedQuestion, type SeedRefusal,
} from './seed-message.ts'
