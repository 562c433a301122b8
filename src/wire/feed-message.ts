import { type IdentityId, LIMITS, type OpId, type PackageName } from '#core'
import { asBytes, asList, asMap, asOpId, asPackageName, asUint, decodeMessage, encodeMessage, frameInvalid, opCid } from './fields.ts'

/** What a node asks over `/ggen/feed/1`; bytes in docs/protocol/feed.md. */
export type FeedQuestion =
  | { readonly ask: 'summary' }
  /** References ordered by (at, id), those after `after`. */
  | { readonly ask: 'page'; readonly after: FeedRef | undefined; readonly limit: number }
  | { readonly ask: 'ops'; readonly ids: readonly OpId[] }
  /** The identity's own chain and, with a name, the package's ops: parents first, from index `skip` on. */
  | { readonly ask: 'package'; readonly identity: IdentityId; readonly name: PackageName | undefined; readonly skip: number }

export interface FeedRef {
  readonly at: number
  readonly id: OpId
}

export interface FeedSummary {
  readonly ops: number
  /** 64 hexadecimal digits. */
  readonly fingerprint: string
}

export interface FeedOps {
  readonly ops: readonly Uint8Array[]
  /** More of the same question is to be had. */
  readonly more: boolean
}

const AT_MAX = 2 ** 40
const SKIP_MAX = 2 ** 31

/** Bytes of a question. */
export const encodeFeedQuestion = (question: FeedQuestion): Uint8Array => {
  switch (question.ask) {
    case 'summary':
      return encodeMessage({ q: 'summary' })
    case 'page':
      return encodeMessage({ q: 'page', after: question.after === undefined ? null : [question.after.at, opCid(question.after.id)], limit: question.limit })
    case 'ops':
      return encodeMessage({ q: 'ops', ids: question.ids.map(opCid) })
    case 'package':
      return encodeMessage({ q: 'package', id: opCid(question.identity), name: question.name ?? null, skip: question.skip })
  }
}

const asRef = (value: unknown): FeedRef => {
  const pair = asList(value, 2, (item) => item)
  if (pair.length !== 2) throw frameInvalid('a reference is [at, id]')
  return { at: asUint(pair[0], AT_MAX), id: asOpId(pair[1]) }
}

const asName = (value: unknown): PackageName | undefined => (value === null ? undefined : asPackageName(value))

/** Parses a question; throws `frame-invalid`. */
export const decodeFeedQuestion = (bytes: Uint8Array): FeedQuestion => {
  const fields = decodeMessage(bytes, ['q'], ['after', 'limit', 'ids', 'id', 'name', 'skip'])
  switch (fields['q']) {
    case 'summary':
      asMap(fields, ['q'])
      return { ask: 'summary' }
    case 'page':
      asMap(fields, ['q', 'after', 'limit'])
      return { ask: 'page', after: fields['after'] === null ? undefined : asRef(fields['after']), limit: asUint(fields['limit'], LIMITS.syncPageOps) }
    case 'ops':
      asMap(fields, ['q', 'ids'])
      return { ask: 'ops', ids: asList(fields['ids'], LIMITS.feedOps, asOpId) }
    case 'package':
      asMap(fields, ['q', 'id', 'name', 'skip'])
      return { ask: 'package', identity: asOpId(fields['id']) as IdentityId, name: asName(fields['name']), skip: asUint(fields['skip'], SKIP_MAX) }
    default:
      throw frameInvalid('a question that is not known')
  }
}

/** Bytes of the answer to `summary`. */
export const encodeFeedSummary = (summary: FeedSummary): Uint8Array =>
  encodeMessage({ ops: summary.ops, fp: Uint8Array.from(Buffer.from(summary.fingerprint, 'hex')) })

/** Parses the answer to `summary`; throws `frame-invalid`. */
export const decodeFeedSummary = (bytes: Uint8Array): FeedSummary => {
  const fields = decodeMessage(bytes, ['ops', 'fp'])
  return { ops: asUint(fields['ops'], Number.MAX_SAFE_INTEGER), fingerprint: Buffer.from(asBytes(fields['fp'], 32, 32)).toString('hex') }
}

/** Bytes of the answer to `page`. */
export const encodeFeedPage = (refs: readonly FeedRef[]): Uint8Array => encodeMessage({ refs: refs.map((ref) => [ref.at, opCid(ref.id)]) })

/** Parses the answer to `page`; throws `frame-invalid`. */
export const decodeFeedPage = (bytes: Uint8Array): readonly FeedRef[] => asList(decodeMessage(bytes, ['refs'])['refs'], LIMITS.syncPageOps, asRef)

/** Bytes of the answer to `ops` and `package`. */
export const encodeFeedOps = (answer: FeedOps): Uint8Array => encodeMessage({ ops: answer.ops, more: answer.more })

/** Parses the answer to `ops` and `package`; throws `frame-invalid`. Envelopes are still unchecked. */
export const decodeFeedOps = (bytes: Uint8Array): FeedOps => {
  const fields = decodeMessage(bytes, ['ops', 'more'])
  if (typeof fields['more'] !== 'boolean') throw frameInvalid('more is true or false')
  return { ops: asList(fields['ops'], LIMITS.feedOps, (op) => asBytes(op, 1, LIMITS.opBytes)), more: fields['more'] }
}
