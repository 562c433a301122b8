import { type CatalogueEntry, tokenize } from '#store'

/** How much a word counts by where it is found: names first, as people expect. */
const WEIGHT = {
  exactName: 1, namePrefix: 0.9, nameWord: 0.8, nameWordPrefix: 0.7,
  tag: 0.6, tagPrefix: 0.5, category: 0.45,
  title: 0.4, author: 0.35, description: 0.3, prefix: 0.2,
} as const

/** How well an entry answers the words, in [0, 1]; without words (filters alone) every entry answers equally well. */
export const scoreEntry = (entry: CatalogueEntry, words: readonly string[]): number => {
  if (words.length === 0) return 0.5
  const fields = {
    name: tokenize(entry.name),
    tags: entry.tags.flatMap(tokenize),
    category: tokenize(entry.category),
    title: tokenize(entry.title),
    author: tokenize(entry.author),
    description: tokenize(entry.description),
  }
  if (words.join(' ') === fields.name.join(' ')) return WEIGHT.exactName
  const total = words.reduce((sum, word) => sum + wordScore(word, fields, entry.name), 0)
  return Math.round((total / words.length) * 1000) / 1000
}

type Fields = Readonly<Record<'name' | 'tags' | 'category' | 'title' | 'author' | 'description', readonly string[]>>

const wordScore = (word: string, fields: Fields, name: string): number => {
  if (name.startsWith(word)) return WEIGHT.namePrefix
  if (fields.name.includes(word)) return WEIGHT.nameWord
  if (fields.name.some((token) => token.startsWith(word))) return WEIGHT.nameWordPrefix
  if (fields.tags.includes(word)) return WEIGHT.tag
  if (fields.tags.some((token) => token.startsWith(word))) return WEIGHT.tagPrefix
  if (fields.category.includes(word)) return WEIGHT.category
  if (fields.title.includes(word)) return WEIGHT.title
  if (fields.author.includes(word)) return WEIGHT.author
  return fields.description.includes(word) ? WEIGHT.description : WEIGHT.prefix
}
