import { GgenError, LIMITS } from '#core'
import type { CatalogueEntry, CatalogueQuery } from './catalogue.ts'

const MARKS = /\p{M}/gu
const WORD = /[\p{L}\p{N}]+/gu

/** What a text or a query consists of for search: runs of letters and digits, lower case, without diacritics, in order. */
export const tokenize = (text: string): string[] =>
  text.normalize('NFKD').toLowerCase().replace(MARKS, '').replaceAll('ς', 'σ').match(WORD) ?? []

/** The text fields of an entry that words are looked for in. */
export type EntryText = Pick<CatalogueEntry, 'name' | 'title' | 'description' | 'tags' | 'category' | 'author'>

/** Every token of an entry that the beginning of a word may match. */
export const entryWords = (entry: EntryText): string[] =>
  [entry.name, entry.title, ...entry.tags, entry.category, entry.author, entry.description].flatMap(tokenize)

/** The exact conditions that an entry fulfils, one term each; no word is the beginning of such a term. */
export const entryFacets = (entry: EntryText): string[] => [facet('c', entry.category), ...entry.tags.map((tag) => facet('t', tag))]

/** The terms of a query, each once: `words` are beginnings of tokens, `facets` are whole terms of `entryFacets`. */
export interface QueryTerms {
  readonly words: readonly string[]
  readonly facets: readonly string[]
}

/**
 * The terms that must all hold for an entry to match; `undefined` when there are words but no letter or digit in them, which
 * matches nothing. Throws `query-invalid` above the limits of words and tags.
 */
export const queryTerms = (query: CatalogueQuery): QueryTerms | undefined => {
  const words = new Set(query.words.flatMap(tokenize))
  const facets = new Set((query.tags ?? []).map((tag) => facet('t', tag)))
  if (query.category !== undefined) facets.add(facet('c', query.category))
  if (words.size > LIMITS.queryWords) throw new GgenError('query-invalid', `more than ${LIMITS.queryWords} words`)
  if (facets.size > LIMITS.tags + 1) throw new GgenError('query-invalid', `more than ${LIMITS.tags} tags`)
  if (words.size === 0 && query.words.length > 0) return undefined
  return { words: [...words], facets: [...facets] }
}

/** Hexadecimal, so that any text is one term; `§` is neither letter nor digit, so no word can begin like it. */
const facet = (kind: 'c' | 't', text: string): string => `§${kind}${Buffer.from(text.normalize('NFC').toLowerCase()).toString('hex')}`
