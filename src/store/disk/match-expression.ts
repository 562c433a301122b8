import { NAME_MARK, TAG_MARK, type WordQuery } from '#store'

/** Which words of an index begin like one: a list that stands for all of them, or `undefined` when the index can give them all itself. */
export type Expand = (mark: string, beginning: string) => readonly string[] | undefined

/** The words and facets that the index is asked for. */
export type AskedTerms = WordQuery & { readonly facets: readonly string[] }

/** Whether words may be the beginning of one where the query leaves that open. */
export type Reach = 'whole' | 'begun'

/** What entries must hold to match. */
export interface Necessary {
  /** Empty when the index can tell nothing for certain. */
  readonly expression: string
  /** Nothing was left out: an entry that holds this matches. */
  readonly isSufficient: boolean
}

/**
 * What the full-text index is asked, in its own language. Every term is quoted, and holds nothing but letters, digits and our marks: nothing in
 * it can be syntax.
 */
export class MatchExpression {
  readonly #asked: AskedTerms
  readonly #expand: Expand

  constructor(asked: AskedTerms, expand: Expand) {
    this.#asked = asked
    this.#expand = expand
  }

  /** All words in the name. */
  name(reach: Reach): string {
    return this.#all(reach, [NAME_MARK])
  }

  /** All words in name and tags. A single word is asked for in tags alone: where it is in a name, the name has been found already. */
  tag(reach: Reach): string {
    return this.#all(reach, this.#asked.words.length === 1 ? [TAG_MARK] : [NAME_MARK, TAG_MARK])
  }

  /** All words anywhere; without words, the facets alone. */
  text(reach: Reach): string {
    return this.#all(reach, [''])
  }

  /** What holds for every entry that matches, as far as the index can tell without leaving any out. */
  necessary(): Necessary {
    const { words, facets } = this.#asked
    const certain = words.flatMap((word, index) => {
      if (!this.#isOpen(index)) return `"${word}"`
      return this.#expand('', word) === undefined ? `"${word}"*` : []
    })
    return { expression: joined([...certain, ...facets.map(quoted)]), isSufficient: certain.length === words.length }
  }

  #all(reach: Reach, marks: readonly string[]): string {
    const { words, facets } = this.#asked
    return joined([...words.map((word, index) => this.#either(word, marks, reach === 'begun' && this.#isOpen(index))), ...facets.map(quoted)])
  }

  #either(word: string, marks: readonly string[], isOpen: boolean): string {
    const terms = marks.flatMap((mark) => {
      if (!isOpen) return quoted(mark + word)
      return this.#expand(mark, word)?.map(quoted) ?? `"${mark}${word}"*`
    })
    return `(${terms.join(' OR ')})`
  }

  #isOpen(index: number): boolean {
    return this.#asked.open === 'every' || index === this.#asked.words.length - 1
  }
}

const quoted = (term: string): string => `"${term}"`

const joined = (terms: readonly string[]): string => terms.join(' AND ')
