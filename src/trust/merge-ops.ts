import type { Op, OpId } from '#core'
import { groupBy } from './group.ts'
import { mergeEnvelopes } from './merge-envelopes.ts'

const union = <T extends Op>(a: T, b: T): T =>
  Buffer.compare(a.bytes, b.bytes) === 0 ? a : { ...a, signers: new Set([...a.signers, ...b.signers]), bytes: mergeEnvelopes(a.bytes, b.bytes) }

/** Merging keeps what it holds, so copies are united in the order of their bytes, not of their arrival. */
const unite = <T extends Op>(copies: readonly T[]): T => copies.toSorted((a, b) => Buffer.compare(a.bytes, b.bytes)).reduce(union)

/**
 * Ops by their id. One payload with several signature sets is one op that all of them signed: otherwise the result would depend on
 * which envelope came first, and a half-signed copy would look like a second op.
 */
export const mergeOps = <T extends Op>(ops: Iterable<T>): ReadonlyMap<OpId, T> =>
  new Map([...groupBy(ops, ({ id }) => id)].map(([id, copies]) => [id, unite(copies)]))
