import { maskCode } from './mask-code.ts'
import { type Check, type Finding, isCode, lineAt, type Source } from './tree.ts'

const VAGUE = new Set(['util', 'helper', 'manager', 'handler', 'processor', 'service', 'common', 'misc', 'base', 'impl', 'data', 'info'])
/** The word of the registry contract for what a page about a package shows. */
const EXCEPTION = 'PackageInfo'

const DECLARATION = /^export\s+(?:(?:default|declare|abstract|async)\s+)*(?:function\s*\*?|class|interface|type|const|let)\s+([A-Za-z_$][\w$]*)/gm
const LIST = /^export\s+(?:type\s+)?\{([^}]*)\}/gm
const LISTED_NAME = /([A-Za-z_$][\w$]*)\s*(?:,|$)/g

/** Digits stay with their word, so that base32 and base58btc keep their standard names. */
const wordsOf = (name: string): readonly string[] => (name.match(/[A-Z]?[a-z][a-z0-9]*|[A-Z][A-Z0-9]*(?![a-z])/g) ?? []).map((word) => word.toLowerCase())

const vagueWord = (name: string): string | undefined => wordsOf(name).find((word) => VAGUE.has(word) || VAGUE.has(word.replace(/s$/, '')))

const nameFindings = ({ path, line, name }: { path: string; line: number; name: string }): readonly Finding[] => {
  const word = vagueWord(name.replace(EXCEPTION, ''))
  return word === undefined ? [] : [{ path, line, problem: `"${name}" says "${word}", which could be anything; name the concept` }]
}

const exportedNames = (text: string): readonly { line: number; name: string }[] => {
  const masked = maskCode(text)
  const declared = [...masked.matchAll(DECLARATION)].map((found) => ({ line: lineAt(masked, found.index), name: found[1] ?? '' }))
  const listed = [...masked.matchAll(LIST)].flatMap((list) =>
    [...(list[1] ?? '').matchAll(LISTED_NAME)].map((found) => ({ line: lineAt(masked, list.index), name: found[1] ?? '' })),
  )
  return [...declared, ...listed]
}

const fileFindings = ({ path, text }: Source): readonly Finding[] => {
  const inPath = path.split('/').flatMap((name) => nameFindings({ path, line: 1, name: name.replace(/\.[^/]*$/, '') }))
  return [...inPath, ...exportedNames(text).flatMap(({ line, name }) => nameFindings({ path, line, name }))]
}

/** No word that could mean anything in the name of a file, a folder or an export. */
export const checkNames: Check = ({ sources }) => sources.filter(isCode).flatMap(fileFindings)
