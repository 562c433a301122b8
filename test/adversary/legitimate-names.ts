import { readFileSync } from 'node:fs'
import { type PackageName, parsePackageName } from '#core'

/** `a{b,c{d,e}}` as a shell reads it: ab, acd, ace. */
export const expandBraces = (text: string): string[] => {
  const open = text.indexOf('{')
  if (open === -1) return [text]
  const head = text.slice(0, open)
  const parts: string[] = []
  let [depth, from, at] = [0, open + 1, open]
  for (; at < text.length; at += 1) {
    const letter = text[at]
    if (letter === '{') depth += 1
    if (letter === '}') depth -= 1
    const isEnd = letter === '}' && depth === 0
    if (isEnd || (letter === ',' && depth === 1)) {
      parts.push(text.slice(from, at))
      from = at + 1
    }
    if (isEnd) break
  }
  const tails = expandBraces(text.slice(at + 1))
  return parts.flatMap(expandBraces).flatMap((part) => tails.map((tail) => head + part + tail))
}

const read = (file: string): readonly PackageName[] =>
  readFileSync(new URL(`names/${file}`, import.meta.url), 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .flatMap(expandBraces)
    .map(parsePackageName)

/** The 1,000 names that most people know, and the 4,000 after them; see the files for where they are from. */
export const POPULAR = read('popular.txt')
export const OTHERS = read('others.txt')
