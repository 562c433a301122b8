import { LIMITS } from '#core'
import { cleanLine, cleanText, cutText } from './display-text.ts'
import type { Manifest } from './manifest.ts'

/** What a manifest may say for people, as it was written. */
export interface RawTexts {
  readonly title: string | undefined
  readonly description: string | undefined
  readonly tags: readonly string[]
  readonly category: string | undefined
  readonly license: string | undefined
  readonly author: string | undefined
}

/** The texts in the form that is safe to show, within `LIMITS`; the description stays whole. */
export const showableTexts = (name: string, raw: RawTexts): Pick<Manifest, 'title' | 'description' | 'tags' | 'category' | 'license' | 'author'> => ({
  title: line(raw.title, LIMITS.titleChars) || cutText(name, LIMITS.titleChars),
  description: cleanText(raw.description ?? ''),
  tags: showableTags(raw.tags),
  category: line(raw.category?.toLowerCase(), LIMITS.categoryChars) || 'uncategorized',
  license: line(raw.license, LIMITS.licenseChars),
  author: line(raw.author, LIMITS.authorChars),
})

const line = (text: string | undefined, maxChars: number): string => cutText(cleanLine(text ?? ''), maxChars)

/** Too long a tag is left out rather than cut: half a tag is another tag. */
const showableTags = (tags: readonly string[]): readonly string[] => {
  const clean = tags.map((tag) => cleanLine(tag).toLowerCase()).filter((tag) => tag !== '' && tag.length <= LIMITS.tagChars)
  return [...new Set(clean)].slice(0, LIMITS.tags)
}
