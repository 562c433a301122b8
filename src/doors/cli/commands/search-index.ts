import { GgenError } from '#core'
import type { SearchQuestion } from '#doors/control'
import { type IndexHit, searchIndex } from '#foreign'
import type { Run } from './context.ts'
import { readNamedIndex } from './foreign-index.ts'

/** What `ggen search --registry` found. */
export interface FoundElsewhere {
  /** What may be told of where. */
  readonly source: string
  /** Before `limit`. */
  readonly total: number
  readonly results: readonly IndexHit[]
}

/** An index does not say these things of a package. */
const UNKNOWN = ['publisher', 'kind', 'scripts', 'since', 'cursor', 'explain', 'registries'] as const satisfies readonly (keyof SearchQuestion)[]

/** `ggen search --registry`: the packages of an index that match, best first. Needs no node. */
export const searchNamedIndex =
  (address: string, question: SearchQuestion): Run =>
  async (context) => {
    const { words, category, tags, author, license, sort, limit } = question
    const unknown = UNKNOWN.find((key) => question[key] !== undefined) ?? (sort === 'date' ? '--sort date' : undefined)
    if (unknown !== undefined) throw new GgenError('usage', `an index of another registry cannot be searched with ${unknown}`)
    const { source, index } = await readNamedIndex(address, context)
    const hits = searchIndex(index, {
      words, ...(category !== undefined && { category }), ...(tags !== undefined && { tags }), ...(author !== undefined && { author }),
      ...(license !== undefined && { license }), ...(sort === 'name' && { sort }),
    })
    return { kind: 'found-elsewhere', value: { source: source.shownAs, total: hits.length, results: hits.slice(0, limit) } }
  }
