import { LIMITS } from '#core'
import { asBytes, asList, asText, asUint, decodeMessage, encodeMessage } from './fields.ts'

/** What a node asks over `/ggen/search/1`; bytes in docs/protocol/search.md. */
export interface SearchQuestion {
  readonly words: readonly string[]
  readonly category?: string
  readonly tags?: readonly string[]
  readonly limit: number
}

/** The ops behind the hits, best hit first, parents before children: the asker checks them and ranks for itself. */
export interface SearchOps {
  readonly ops: readonly Uint8Array[]
}

/** Ops of all hits together; the byte limit of an answer is reached long before with large ones. */
const OPS_MAX = 4096

/** Bytes of a question. */
export const encodeSearchQuestion = (question: SearchQuestion): Uint8Array =>
  encodeMessage({
    words: question.words,
    limit: question.limit,
    ...(question.category !== undefined && { category: question.category }),
    ...(question.tags !== undefined && { tags: question.tags }),
  })

/** Parses a question; throws `frame-invalid`. */
export const decodeSearchQuestion = (bytes: Uint8Array): SearchQuestion => {
  const fields = decodeMessage(bytes, ['words', 'limit'], ['category', 'tags'])
  return {
    words: asList(fields['words'], LIMITS.queryWords, (word) => asText(word, LIMITS.queryChars)),
    limit: asUint(fields['limit'], LIMITS.searchAnswerHits),
    ...(fields['category'] !== undefined && { category: asText(fields['category'], LIMITS.categoryChars) }),
    ...(fields['tags'] !== undefined && { tags: asList(fields['tags'], LIMITS.tags, (tag) => asText(tag, LIMITS.tagChars)) }),
  }
}

/** Bytes of an answer. */
export const encodeSearchOps = (answer: SearchOps): Uint8Array => encodeMessage({ ops: answer.ops })

/** Parses an answer; throws `frame-invalid`. Envelopes are still unchecked. */
export const decodeSearchOps = (bytes: Uint8Array): SearchOps => ({
  ops: asList(decodeMessage(bytes, ['ops'])['ops'], OPS_MAX, (op) => asBytes(op, 1, LIMITS.opBytes)),
})
