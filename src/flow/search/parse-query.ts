import { GgenError, LIMITS } from '#core'
import { type PackageFilters, type PackageQuery, type SearchOrder, tokenize } from '#store'

/** A question that can only be well formed: bounded, lower case, nothing in it is syntax for any engine. It is asked at some moment. */
export type ParsedQuery = Omit<PackageQuery, 'now'>

/** As a user or a peer asks it. */
export interface RawQuery extends PackageFilters {
  readonly words: readonly string[]
  readonly sort?: SearchOrder
  readonly limit?: number
  readonly cursor?: string
}

const DEFAULT_LIMIT = 20

/** Parses what a user or a peer asks; throws `query-invalid`. */
export const parseQuery = (raw: RawQuery): ParsedQuery => {
  const words = parseWords(raw.words)
  const filters = parseFilters(raw)
  if (words.length === 0 && Object.keys(filters).length === 0) throw new GgenError('query-invalid', 'there is nothing to search for')
  const limit = raw.limit ?? DEFAULT_LIMIT
  if (!Number.isSafeInteger(limit) || limit < 1 || limit > LIMITS.searchResults) {
    throw new GgenError('query-invalid', `the limit is a number from 1 to ${LIMITS.searchResults}`)
  }
  return { words, order: raw.sort ?? 'relevance', limit, ...filters, ...(raw.cursor !== undefined && { cursor: raw.cursor }) }
}

/** The words of what was typed, each once: lower-case runs of letters and digits. Throws `query-invalid`. */
export const parseWords = (given: readonly string[]): string[] => {
  const text = given.join(' ')
  if (text.length > LIMITS.queryChars) throw new GgenError('query-invalid', `a query has at most ${LIMITS.queryChars} characters`)
  const words = [...new Set(tokenize(text))]
  if (words.length > LIMITS.queryWords) throw new GgenError('query-invalid', `a query has at most ${LIMITS.queryWords} words`)
  return words
}

/** The filters that say something. Throws `query-invalid`. */
export const parseFilters = ({ category, tags, author, license, kind, publisher, scripts, since }: PackageFilters): PackageFilters => {
  const wanted = (tags ?? []).map(filterText).filter((tag) => tag !== '')
  if (wanted.length > LIMITS.tags) throw new GgenError('query-invalid', `a query has at most ${LIMITS.tags} tags`)
  if (since !== undefined && (!Number.isSafeInteger(since) || since < 0)) throw new GgenError('query-invalid', 'a date is a number of seconds since 1970')
  return {
    ...texts({ category, author, license, kind }),
    ...(wanted.length > 0 && { tags: wanted }),
    ...(publisher !== undefined && { publisher }),
    ...(scripts !== undefined && { scripts }),
    ...(since !== undefined && { since }),
  }
}

const texts = (given: Readonly<Record<string, string | undefined>>): PackageFilters =>
  Object.fromEntries(
    Object.entries(given).flatMap(([name, text = '']) => {
      const wanted = filterText(text)
      return wanted === '' ? [] : [[name, wanted]]
    }),
  )

const filterText = (text: string): string => {
  if (text.length > LIMITS.queryChars) throw new GgenError('query-invalid', `a filter has at most ${LIMITS.queryChars} characters`)
  return text.trim().toLowerCase()
}
