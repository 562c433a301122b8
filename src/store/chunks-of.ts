import assert from 'node:assert/strict'
import { LIMITS } from '#core'
import type { BlobRange, StreamOptions } from './blob-store.ts'

/** Which ranges of a blob of this size a stream gives, in order. */
export function* chunksOf(sizeBytes: number, { range, chunkBytes = LIMITS.blobRangeBytes }: StreamOptions): Generator<BlobRange> {
  assert(Number.isSafeInteger(chunkBytes) && chunkBytes > 0 && chunkBytes <= LIMITS.blobRangeBytes, 'a chunk has 1 byte to 1 MiB')
  const { offset: start, length } = range ?? { offset: 0, length: sizeBytes }
  assert(Number.isSafeInteger(start) && start >= 0 && Number.isSafeInteger(length) && length >= 0, 'a range has whole numbers')
  const end = Math.min(sizeBytes, start + length)
  for (let offset = start; offset < end; offset += chunkBytes) yield { offset, length: Math.min(chunkBytes, end - offset) }
}
