import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib'

const WINDOW_LOG = 27

/** A zstd frame of the new bytes with the old ones as dictionary, and what making and applying it took. */
export interface Patch {
  readonly sizeBytes: number
  readonly makeMs: number
  readonly applyMs: number
}

/** Makes a patch and applies it; throws when the result is not the new bytes. */
export const measurePatch = (before: Buffer, after: Buffer, level: number): Patch => {
  const began = performance.now()
  const patch = zstdCompressSync(after, {
    dictionary: before,
    params: {
      [constants.ZSTD_c_compressionLevel]: level,
      [constants.ZSTD_c_windowLog]: WINDOW_LOG,
      [constants.ZSTD_c_enableLongDistanceMatching]: 1,
    },
  })
  const made = performance.now()
  const result = zstdDecompressSync(patch, { dictionary: before, params: { [constants.ZSTD_d_windowLogMax]: WINDOW_LOG } })
  const applied = performance.now()
  if (!result.equals(after)) throw new Error('the patch gave other bytes')
  return { sizeBytes: patch.length, makeMs: made - began, applyMs: applied - made }
}
