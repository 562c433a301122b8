export { answerBlobs } from './answer-blobs.ts'
export { fetchBlob, type FetchParts, type Sources } from './fetch-blob.ts'
export { askConnected } from './find-holders.ts'
export { HolderTable } from './holder-table.ts'
