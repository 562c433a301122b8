import type { Op, OpId } from '#core'
import { mergeEnvelopes } from './merge-envelopes.ts'

const union = <T extends Op>(a: T, b: T): T =>
  Buffer.compare(a.bytes, b.bytes) === 0 ? a : { ...a, signers: new Set([...a.signers, ...b.signers]), bytes: mergeEnvelopes(a.bytes, b.bytes) }

/**
 * Ops by their id. One payload with several signature sets is one op that all of them signed: otherwise the result would depend on
 * which envelope came first, and a half-signed copy would look like a second op.
 */
export const mergeOps = <T extends Op>(ops: Iterable<T>): ReadonlyMap<OpId, T> => {
  const merged = new Map<OpId, T>()
  for (const op of ops) {
    const known = merged.get(op.id)
    merged.set(op.id, known === undefined ? op : union(known, op))
  }
  return merged
}
