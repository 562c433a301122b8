import type { Field } from './rank-package.ts'
import { type EntryTerms, spellingOf } from './search-terms.ts'

/** What is asked of the words of an entry. */
export interface WordQuery {
  /** Tokens, each once. */
  readonly words: readonly string[]
  /** Which of them may be the beginning of a word: the one that is still being typed, or each. */
  readonly open: 'last' | 'every'
}

/** Where all words of a query stand in an entry, and whether as whole words; `undefined` when one of them is missing. */
export const matchEntry = (terms: EntryTerms, query: WordQuery): { readonly field: Field; readonly isWhole: boolean } | undefined => {
  if (query.words.length === 0) return { field: 'filter', isWhole: false }
  const field = matchName(terms.name, query) ?? matchRest(terms, query)
  return field && { field, isWhole: query.words.every((word) => terms.words.has(word)) }
}

/** Where the words stand in a name, if they do: as the whole name however it is hyphenated, at its beginning, or in it. */
export const matchName = (name: readonly string[], query: WordQuery): 'exact name' | 'name prefix' | 'name' | undefined => {
  const [spelling, typed] = [spellingOf(name), spellingOf(query.words)]
  if (spelling === typed) return 'exact name'
  const isInside = holdsAll(query, name)
  // Only one word: the letters of several put together begin many a name that has nothing to do with them.
  if (spelling.startsWith(typed) && (isInside || query.words.length === 1)) return 'name prefix'
  return isInside ? 'name' : undefined
}

const matchRest = ({ name, tags, words }: EntryTerms, query: WordQuery): 'tag' | 'text' | undefined => {
  if (holdsAll(query, [...name, ...tags])) return 'tag'
  return holdsAll(query, [...words]) ? 'text' : undefined
}

const holdsAll = ({ words, open }: WordQuery, tokens: readonly string[]): boolean =>
  words.every((word, index) => {
    const isOpen = open === 'every' || index === words.length - 1
    return tokens.includes(word) || (isOpen && tokens.some((token) => token.startsWith(word)))
  })
