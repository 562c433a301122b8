import { GgenError, LIMITS } from '#core'
import { tokenize } from '#store'

/** A question that can only be well formed: bounded, lower case, nothing in it is syntax for any engine. */
export interface ParsedQuery {
  /** Runs of letters and digits, as the index holds them. */
  readonly words: readonly string[]
  readonly category?: string
  readonly tags?: readonly string[]
  /** 1 … 200. */
  readonly limit: number
}

export interface RawQuery {
  readonly words: readonly string[]
  readonly category?: string
  readonly tags?: readonly string[]
  readonly limit?: number
}

const DEFAULT_LIMIT = 20

/** Parses what a user or a peer asks; throws `query-invalid`. */
export const parseQuery = (raw: RawQuery): ParsedQuery => {
  const text = raw.words.join(' ')
  if (text.length > LIMITS.queryChars) throw new GgenError('query-invalid', `a query has at most ${LIMITS.queryChars} characters`)
  const words = [...new Set(tokenize(text))]
  if (words.length > LIMITS.queryWords) throw new GgenError('query-invalid', `a query has at most ${LIMITS.queryWords} words`)
  const category = raw.category?.trim().toLowerCase()
  const tags = (raw.tags ?? []).map((tag) => tag.trim().toLowerCase()).filter((tag) => tag !== '')
  if (tags.length > LIMITS.tags) throw new GgenError('query-invalid', `a query has at most ${LIMITS.tags} tags`)
  if (words.length === 0 && (category ?? '') === '' && tags.length === 0) throw new GgenError('query-invalid', 'there is nothing to search for')
  const limit = raw.limit ?? DEFAULT_LIMIT
  if (!Number.isSafeInteger(limit) || limit < 1 || limit > LIMITS.searchResults) {
    throw new GgenError('query-invalid', `the limit is a number from 1 to ${LIMITS.searchResults}`)
  }
  return { words, limit, ...(category !== undefined && category !== '' && { category }), ...(tags.length > 0 && { tags }) }
}
