import type { Digest, PackageName, Version } from '#core'
import type { ForeignIndex, ForeignPackage } from './foreign-index.ts'

/** What is looked for in an index; all of it must hold. */
export interface IndexQuery {
  readonly words: readonly string[]
  readonly category?: string
  readonly tags?: readonly string[]
  readonly author?: string
  readonly license?: string
  /** Best first where it is absent. */
  readonly sort?: 'relevance' | 'name'
}

/** The newest version of a package that matches. */
export interface IndexHit {
  readonly name: PackageName
  readonly version: Version
  readonly description: string
  readonly category: string
  readonly tags: readonly string[]
  /** In [0, 1]. */
  readonly score: number
  readonly digest?: Digest
  /** Why it cannot be installed from there. */
  readonly without?: string
}

/** What one word is worth where it is found: the most that a word can bring is all of it but `inName`. */
const POINTS = { isName: 50, inName: 25, isTag: 20, inTitle: 10, inText: 10, inCategory: 5 } as const
const MOST = POINTS.isName + POINTS.isTag + POINTS.inTitle + POINTS.inText + POINTS.inCategory

const pointsOf = ({ name, title, description, tags, category }: ForeignPackage, word: string): number => {
  const named = name === word ? POINTS.isName : name.includes(word) ? POINTS.inName : 0
  return named + (tags.includes(word) ? POINTS.isTag : 0) + (title.toLowerCase().includes(word) ? POINTS.inTitle : 0) +
    (description.toLowerCase().includes(word) ? POINTS.inText : 0) + (category.includes(word) ? POINTS.inCategory : 0)
}

const isSame = (text: string, wanted: string | undefined): boolean => wanted === undefined || text.toLowerCase() === wanted.toLowerCase()

/** The packages of an index in which every word occurs, best first, then by name. */
export const searchIndex = ({ packages }: ForeignIndex, { words, category, tags = [], author, license, sort }: IndexQuery): readonly IndexHit[] => {
  const folded = words.flatMap((word) => word.toLowerCase().split(/\s+/)).filter((word) => word !== '')
  const hits = packages.flatMap((one): IndexHit[] => {
    const isTagged = tags.every((tag) => one.tags.includes(tag.toLowerCase()))
    const isAllowed = isTagged && isSame(one.category, category) && isSame(one.author, author) && isSame(one.license, license)
    const points = folded.map((word) => pointsOf(one, word))
    const [newest] = one.versions
    if (newest === undefined || !isAllowed || points.includes(0)) return []
    const score = points.length === 0 ? 0 : points.reduce((sum, each) => sum + each, 0) / (MOST * points.length)
    const { name, description, category: kind, tags: labels } = one
    const { version, digest, without } = newest
    const bytes = { ...(digest !== undefined && { digest }), ...(without !== undefined && { without }) }
    return [{ name, version, description, category: kind, tags: labels, score, ...bytes }]
  })
  return sort === 'name' ? hits : hits.toSorted((a, b) => b.score - a.score)
}
