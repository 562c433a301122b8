import { type OpRange, type OpSet, WHOLE_SET } from '#store'

const PARTS = 16
const LISTED = 64

/** The date of the newest op of a set, Unix seconds; `undefined` for an empty one. Costs the logarithm of the set. */
export const newestAt = (set: OpSet): number | undefined => {
  let range: OpRange = WHOLE_SET
  let left = set.measure(range).count
  while (left > LISTED) {
    const last = set.divide(range, PARTS).at(-1)
    if (last === undefined || last.count >= left) break
    range = { from: last.from, to: range.to }
    left = last.count
  }
  return set.placesIn(range, left).at(-1)?.at
}
