export {
  type BlobAnswer, type BlobQuestion, decodeBlobAnswer, decodeBlobQuestion, decodeHaveAnswer, decodeHaveQuestion, encodeBlobAnswer, encodeBlobQuestion,
  encodeHaveAnswer, encodeHaveQuestion,
} from './blob-message.ts'
export { ChunkList, chunkListBytes, chunkListDigest, chunkListId, decodeChunkList, encodeChunkList } from './chunk-list.ts'
export {
  decodeFeedOps, decodeFeedPage, decodeFeedQuestion, decodeFeedSummary, encodeFeedOps, encodeFeedPage, encodeFeedQuestion, encodeFeedSummary, type FeedOps,
  type FeedQuestion, type FeedRef, type FeedSummary,
} from './feed-message.ts'
export { decodeSearchOps, decodeSearchQuestion, encodeSearchOps, encodeSearchQuestion, type SearchOps, type SearchQuestion } from './search-message.ts'
export {
  decodeSeedAnswer, decodeSeedQuestion, encodeSeedAnswer, encodeSeedQuestion, type SeedAnswer, type SeedQuestion, type SeedRefusal,
} from './seed-message.ts'
