import { type IdentityId, LIMITS } from '#core'
import { asBoolean, asBytes, asList, asOpId, asText, asUint, decodeMessage, encodeMessage, opCid } from './fields.ts'

/** What a node asks over `/ggen/search/1`; bytes in docs/protocol/search.md. */
export interface SearchQuestion {
  readonly words: readonly string[]
  readonly category?: string
  readonly tags?: readonly string[]
  readonly author?: string
  readonly license?: string
  readonly publisher?: IdentityId
  readonly kind?: string
  readonly scripts?: boolean
  /** Unix seconds. */
  readonly since?: number
  readonly limit: number
}

/** The ops behind the hits, best hit first, parents before children: the asker checks them and ranks for itself. */
export interface SearchOps {
  readonly ops: readonly Uint8Array[]
}

/** Ops of all hits together; the byte limit of an answer is reached long before with large ones. */
const OPS_MAX = 4096
/** Longer than every kind of archive is called. */
const KIND_CHARS = 16

const FILTERS = ['category', 'tags', 'author', 'license', 'publisher', 'kind', 'scripts', 'since'] as const

/** Bytes of a question. */
export const encodeSearchQuestion = ({ words, limit, publisher, ...filters }: SearchQuestion): Uint8Array =>
  encodeMessage({ words, limit, ...(publisher !== undefined && { publisher: opCid(publisher) }), ...filters })

/** Parses a question; throws `frame-invalid`. */
export const decodeSearchQuestion = (bytes: Uint8Array): SearchQuestion => {
  const fields = decodeMessage(bytes, ['words', 'limit'], FILTERS)
  const { category, tags, author, license, publisher, kind, scripts, since } = fields
  return {
    words: asList(fields['words'], LIMITS.queryWords, (word) => asText(word, LIMITS.queryChars)),
    limit: asUint(fields['limit'], LIMITS.searchAnswerHits),
    ...(category !== undefined && { category: asText(category, LIMITS.categoryChars) }),
    ...(tags !== undefined && { tags: asList(tags, LIMITS.tags, (tag) => asText(tag, LIMITS.tagChars)) }),
    ...(author !== undefined && { author: asText(author, LIMITS.authorChars) }),
    ...(license !== undefined && { license: asText(license, LIMITS.licenseChars) }),
    ...(publisher !== undefined && { publisher: asOpId(publisher) as IdentityId }),
    ...(kind !== undefined && { kind: asText(kind, KIND_CHARS) }),
    ...(scripts !== undefined && { scripts: asBoolean(scripts) }),
    ...(since !== undefined && { since: asUint(since, Number.MAX_SAFE_INTEGER) }),
  }
}

/** Bytes of an answer. */
export const encodeSearchOps = (answer: SearchOps): Uint8Array => encodeMessage({ ops: answer.ops })

/** Parses an answer; throws `frame-invalid`. Envelopes are still unchecked. */
export const decodeSearchOps = (bytes: Uint8Array): SearchOps => ({
  ops: asList(decodeMessage(bytes, ['ops'])['ops'], OPS_MAX, (op) => asBytes(op, 1, LIMITS.opBytes)),
})
