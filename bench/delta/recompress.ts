import { deflateRawSync } from 'node:zlib'

/** Which settings of zlib give the identical archive. */
export interface Recipe {
  readonly level: number
  readonly memLevel: number
}

const HEADER_BYTES = 10
const TRAILER_BYTES = 8
const EXTRA_FAST = 4
const EXTRA_SMALL = 2

/** The compressed stream of a gzip file with a plain header; nothing when the header carries names or comments. */
const streamOf = (archive: Buffer): Buffer | undefined => (archive[3] === 0 ? archive.subarray(HEADER_BYTES, -TRAILER_BYTES) : undefined)

/** The levels that a header hints at first: gzip writes down whether it tried hard or not at all. */
const levelsOf = (archive: Buffer): readonly number[] => {
  const all = [6, 9, 5, 7, 8, 4, 3, 2, 1]
  const hinted = archive[8] === EXTRA_SMALL ? 9 : archive[8] === EXTRA_FAST ? 1 : 6
  return [hinted, ...all.filter((level) => level !== hinted)]
}

/** The recipe that rebuilds the archive bit for bit from its tar, found by trying; `undefined`: Node's zlib has none. */
export const findRecipe = (archive: Buffer, tar: Buffer): Recipe | undefined => {
  const stream = streamOf(archive)
  if (stream === undefined) return undefined
  for (const level of levelsOf(archive)) {
    for (const memLevel of [8, 9]) if (deflateRawSync(tar, { level, memLevel }).equals(stream)) return { level, memLevel }
  }
  return undefined
}

/** Milliseconds that it takes to run a recipe. */
export const timeRecipe = (tar: Buffer, recipe: Recipe): number => {
  const began = performance.now()
  deflateRawSync(tar, recipe)
  return performance.now() - began
}
