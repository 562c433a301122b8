import { maskCode } from './mask-code.ts'
import { lineAt } from './tree.ts'

/** One module that a file names in an import, an export-from, an import() or a type import. */
export interface ImportedModule {
  readonly specifier: string
  readonly line: number
}

const BEFORE_SPECIFIER = /\b(?:from|import)\s*(?:\(\s*)?(['"])/g

/** Every module that the code names literally; comments and text in strings do not count. */
export const importsOf = (text: string): readonly ImportedModule[] => {
  const masked = maskCode(text)
  return [...masked.matchAll(BEFORE_SPECIFIER)].map((found) => {
    const start = found.index + found[0].length
    const end = masked.indexOf(found[1] ?? '', start)
    return { specifier: text.slice(start, end), line: lineAt(text, start) }
  })
}
