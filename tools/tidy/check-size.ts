import { type Check, type Finding, isCode, type Source } from './tree.ts'

const LINES_MAX = 300
const COLUMNS_MAX = 160

const tooLong = ({ path, text }: Source): readonly Finding[] => {
  const lines = text.replace(/\n$/, '').split('\n')
  const long = lines.length > LINES_MAX ? [{ path, line: LINES_MAX + 1, problem: `has ${lines.length} lines; a file is one idea in at most ${LINES_MAX}` }] : []
  const wide = lines.flatMap((content, index) =>
    content.length > COLUMNS_MAX ? [{ path, line: index + 1, problem: `has ${content.length} columns; a line has at most ${COLUMNS_MAX}` }] : [],
  )
  return [...long, ...wide]
}

/** Vectors are long lines of bytes by nature. */
const isWritten = (source: Source): boolean => isCode(source) && !source.path.startsWith('vectors/')

/** Code files have at most 300 lines of at most 160 columns. */
export const checkSize: Check = ({ sources }) => sources.filter(isWritten).flatMap(tooLong)
