import { type IdentityId, LIMITS, type OpId, type PackageName } from '#core'
import { asBytes, asList, asMap, asOpId, asPackageName, asUint, decodeMessage, encodeMessage, frameInvalid, opCid } from './fields.ts'

/** What a node asks over `/ggen/feed/1`; bytes in docs/protocol/feed.md. */
export type FeedQuestion =
  | { readonly ask: 'ops'; readonly ids: readonly OpId[] }
  /** The identity's own chain and, with a name, the package's ops: parents first, from index `skip` on. */
  | { readonly ask: 'package'; readonly identity: IdentityId; readonly name: PackageName | undefined; readonly skip: number }

/** The answer to `ops`: those that are held among the first `seen` ids, as many as fit. */
export interface FeedBatch {
  readonly ops: readonly Uint8Array[]
  /** At least one of the ids, where there is one. */
  readonly seen: number
}

/** The answer to `package`. */
export interface FeedOps {
  readonly ops: readonly Uint8Array[]
  /** More of the same question is to be had. */
  readonly more: boolean
}

const SKIP_MAX = 2 ** 31

/** Bytes of a question. */
export const encodeFeedQuestion = (question: FeedQuestion): Uint8Array => {
  switch (question.ask) {
    case 'ops':
      return encodeMessage({ q: 'ops', ids: question.ids.map(opCid) })
    case 'package':
      return encodeMessage({ q: 'package', id: opCid(question.identity), name: question.name ?? null, skip: question.skip })
  }
}

const asName = (value: unknown): PackageName | undefined => (value === null ? undefined : asPackageName(value))

/** Parses a question; throws `frame-invalid`. */
export const decodeFeedQuestion = (bytes: Uint8Array): FeedQuestion => {
  const fields = decodeMessage(bytes, ['q'], ['ids', 'id', 'name', 'skip'])
  switch (fields['q']) {
    case 'ops':
      asMap(fields, ['q', 'ids'])
      return { ask: 'ops', ids: asList(fields['ids'], LIMITS.feedIds, asOpId) }
    case 'package':
      asMap(fields, ['q', 'id', 'name', 'skip'])
      return { ask: 'package', identity: asOpId(fields['id']) as IdentityId, name: asName(fields['name']), skip: asUint(fields['skip'], SKIP_MAX) }
    default:
      throw frameInvalid('a question that is not known')
  }
}

const asEnvelope = (value: unknown): Uint8Array => asBytes(value, 1, LIMITS.opBytes)

/** Bytes of the answer to `ops`. */
export const encodeFeedBatch = (answer: FeedBatch): Uint8Array => encodeMessage({ ops: answer.ops, seen: answer.seen })

/** Parses the answer to `ops`; throws `frame-invalid`. Envelopes are still unchecked. */
export const decodeFeedBatch = (bytes: Uint8Array): FeedBatch => {
  const fields = decodeMessage(bytes, ['ops', 'seen'])
  return { ops: asList(fields['ops'], LIMITS.feedIds, asEnvelope), seen: asUint(fields['seen'], LIMITS.feedIds) }
}

/** Bytes of the answer to `package`. */
export const encodeFeedOps = (answer: FeedOps): Uint8Array => encodeMessage({ ops: answer.ops, more: answer.more })

/** Parses the answer to `package`; throws `frame-invalid`. Envelopes are still unchecked. */
export const decodeFeedOps = (bytes: Uint8Array): FeedOps => {
  const fields = decodeMessage(bytes, ['ops', 'more'])
  if (typeof fields['more'] !== 'boolean') throw frameInvalid('more is true or false')
  return { ops: asList(fields['ops'], LIMITS.feedOps, asEnvelope), more: fields['more'] }
}
