import { foldersOf, isEdge } from '../lint/folders.ts'
import { maskCode } from './mask-code.ts'
import { type Check, type Finding, findingsOf, isProgram, type Source, type Tree } from './tree.ts'

/** The linter sees Date.now but not a constructor without arguments. */
const CLOCK_READ = /(?<![\w$.])(?:new\s+Date\b(?!\s*\(\s*[^)\s])|(?<!new\s+)Date\s*\()/g

const clockReads = ({ path, text }: Source): readonly Finding[] =>
  findingsOf(path, maskCode(text), { pattern: CLOCK_READ, problem: () => 'reads the clock; use the Clock that is passed in' })

const isAtEdge = ({ layers, manifest }: Tree, { path }: Source): boolean =>
  foldersOf(layers, Object.keys(manifest.imports)).some(({ folder }) => isEdge(folder) && path.startsWith(`src/${folder}/`))

/** Outside the edges nobody makes a date of the present. */
export const checkPurity: Check = (tree) => tree.sources.filter((source) => isProgram(source) && !isAtEdge(tree, source)).flatMap(clockReads)
