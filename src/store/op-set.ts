import assert from 'node:assert/strict'

/**
 * The ops of a catalogue as an ordered set that two nodes can compare without listing it: in the order of `at`, then of the bytes of the
 * sha2-256 inside the id. Fingerprints are sums, so that those of neighbouring ranges add up. The order and the sums are those of
 * Negentropy V1 (docs/protocol/sync.md).
 */
export interface OpSet {
  /** How many ops lie in a range, and the sum of their hashes. Costs the logarithm of the set, not the length of the range. */
  measure(range: OpRange): SetSummary
  /**
   * Cuts a range into consecutive stretches that hold all of it, none of them empty; about `parts` of about the same count where the range
   * has that many ops, never more than twice as many. The first begins where the range does. An empty range has none.
   */
  divide(range: OpRange, parts: number): OpStretch[]
  /** The places of the ops in a range, each with the whole hash of its op, in order, at most `limit`. */
  placesIn(range: OpRange, limit: number): OpBound[]
}

/** A place between ops: before everything with this `at` whose hash begins with these bytes, or comes after them. */
export interface OpBound {
  /** A whole number of seconds, or `Infinity`: after everything. */
  readonly at: number
  /** The first 0 to 32 bytes of a hash. */
  readonly hash: Uint8Array
}

/** From `from`, included, to `to`, excluded. */
export interface OpRange {
  readonly from: OpBound
  readonly to: OpBound
}

export interface SetSummary {
  readonly count: number
  /** Sum of the hashes as little-endian numbers modulo 2^256, 32 bytes, little-endian. */
  readonly sum: Uint8Array
}

/** A range that holds something; it ends where the next one begins. */
export interface OpStretch extends SetSummary {
  readonly from: OpBound
}

const NOTHING = new Uint8Array()

/** Before everything. */
export const FIRST_BOUND: OpBound = Object.freeze({ at: 0, hash: NOTHING })
/** After everything. */
export const LAST_BOUND: OpBound = Object.freeze({ at: Infinity, hash: NOTHING })
/** Everything. */
export const WHOLE_SET: OpRange = Object.freeze({ from: FIRST_BOUND, to: LAST_BOUND })

/** No op has this time or a later one. */
export const AT_END = 2 ** 40

/** For stores: what opened an op saw to it. */
export const assertTime = (at: number): void => assert(Number.isSafeInteger(at) && at >= 0 && at < AT_END, 'at is a whole number of seconds')

/** Negative, zero or positive, as the places stand; a hash stands before every longer one that begins like it. */
export const compareBounds = (a: OpBound, b: OpBound): number => (a.at === b.at ? Buffer.compare(a.hash, b.hash) : a.at < b.at ? -1 : 1)

/** The shortest place that separates one op from the one after it. */
export const boundBetween = (before: OpBound, after: OpBound): OpBound => {
  if (before.at !== after.at) return { at: after.at, hash: NOTHING }
  let shared = 0
  while (shared < after.hash.length && before.hash[shared] === after.hash[shared]) shared += 1
  return { at: after.at, hash: after.hash.slice(0, shared + 1) }
}
