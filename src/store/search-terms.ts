import { GgenError, LIMITS } from '#core'
import type { CatalogueEntry } from './catalogue.ts'
import type { PackageFilters } from './package-search.ts'

const MARKS = /\p{M}/gu
const WORD = /[\p{L}\p{N}]+/gu
const PLAIN = /^[ -~]*$/
const PLAIN_WORD = /[a-z0-9]+/g

/** What a text or a query consists of for search: runs of letters and digits, lower case, without diacritics, in order. */
export const tokenize = (text: string): string[] =>
  // Most names are plain, and a search takes thousands of them apart.
  PLAIN.test(text) ? (text.toLowerCase().match(PLAIN_WORD) ?? []) : anyWords(text)

const anyWords = (text: string): string[] =>
  text.normalize('NFKD').toLowerCase().replace(MARKS, '').replaceAll('ς', 'σ').match(WORD) ?? []

/** What words are looked for in, and what filters compare. */
export type SearchedEntry =
  & Pick<CatalogueEntry, 'name' | 'title' | 'description' | 'tags' | 'category' | 'author' | 'license'>
  & Partial<Pick<CatalogueEntry, 'identity' | 'kind' | 'scripts'>>

/** Everything of an entry that a query can meet. */
export interface EntryTerms {
  readonly name: readonly string[]
  readonly tags: readonly string[]
  /** The tokens of every field, those of name and tags included, each once. */
  readonly words: ReadonlySet<string>
  /** One term for each value that a filter can ask for. */
  readonly facets: readonly string[]
}

/** The tokens and facets of an entry. */
export const entryTerms = (entry: SearchedEntry): EntryTerms => {
  const name = tokenize(entry.name)
  const tags = entry.tags.flatMap(tokenize)
  const words = new Set([...name, ...tags, ...[entry.title, entry.category, entry.author, entry.description].flatMap(tokenize)])
  const { identity, ...rest } = entry
  const facets = facetsOf({ ...rest, ...(identity !== undefined && { publisher: identity }) })
  return { name, tags, words, facets }
}

/** A name as people remember it, without what separates its words. */
export const spellingOf = (nameTokens: readonly string[]): string => nameTokens.join('')

/** The facets that filters ask for, each once. `since` is none: time is a range. */
export const facetsOf = (filters: PackageFilters): string[] => {
  const { category, tags = [], author, license, publisher, kind, scripts } = filters
  const texts: readonly (readonly [FacetKind, string | undefined])[] = [
    ['c', category], ['a', author], ['l', license], ['p', publisher], ['k', kind], ['s', scripts === undefined ? undefined : String(scripts)],
    ...tags.map((tag) => ['t', tag] as const),
  ]
  return [...new Set(texts.flatMap(([mark, text]) => (text === undefined ? [] : [facet(mark, text)])))]
}

/** Terms of the index that are no words of a text: the mark is neither letter nor digit, so that no word can begin like one. */
const MARK = '§'

/** `c`ategory, `t`ag, `a`uthor, `l`icense, `p`ublisher, `k`ind, `s`cripts. */
type FacetKind = 'c' | 't' | 'a' | 'l' | 'p' | 'k' | 's'

/** Hexadecimal, so that any text is one term. */
const facet = (kind: FacetKind, text: string): string => `${MARK}${kind}${Buffer.from(text.normalize('NFC').toLowerCase()).toString('hex')}`

/** What all terms of words in names begin with. */
export const NAME_MARK = `${MARK}n`
/** What all terms of words in tags begin with. */
export const TAG_MARK = `${MARK}w`

/**
 * What the index holds of an entry, each once: its words, those of name and tags once more with a mark, and its facets. A list for each
 * question is what makes common ones quick: the index never looks at entries that have a word somewhere else.
 */
export const indexTerms = ({ name, tags, words, facets }: EntryTerms): string[] => [
  ...new Set([...words, ...name.map((token) => NAME_MARK + token), ...tags.map((token) => TAG_MARK + token), ...facets]),
]

/** The terms that must all hold for an entry to match; there may be none. */
export interface QueryTerms {
  readonly words: readonly string[]
  readonly facets: readonly string[]
}

/** The terms of a query, each once. Throws `query-invalid` above the limits of words and tags. */
export const queryTerms = (query: PackageFilters & { readonly words: readonly string[] }): QueryTerms => {
  const words = [...new Set(query.words.flatMap(tokenize))]
  if (words.length > LIMITS.queryWords) throw new GgenError('query-invalid', `more than ${LIMITS.queryWords} words`)
  if ((query.tags ?? []).length > LIMITS.tags) throw new GgenError('query-invalid', `more than ${LIMITS.tags} tags`)
  return { words, facets: facetsOf(query) }
}
