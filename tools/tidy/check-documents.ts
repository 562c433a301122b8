import { architectureRow, COLUMNS } from './architecture-table.ts'
import type { Check, Finding, Source, Tree } from './tree.ts'

const REQUIRED = ['README.md', 'ARCHITECTURE.md', 'CHANGELOG.md', 'LICENSE-MIT', 'LICENSE-APACHE']

interface TableRow {
  readonly line: number
  readonly cells: readonly string[]
}

const find = ({ sources }: Tree, path: string): Source | undefined => sources.find((source) => source.path === path)

const missing = (tree: Tree): readonly Finding[] =>
  REQUIRED.filter((path) => find(tree, path) === undefined).map((path) => ({ path, line: 1, problem: 'is missing' }))

const changelog = (tree: Tree): readonly Finding[] => {
  const source = find(tree, 'CHANGELOG.md')
  const headings = source?.text.split('\n').filter((line) => line.startsWith('## ')) ?? []
  const { version } = tree.manifest
  const names = headings.map((heading) => /^##\s+\[?v?([^\s\]]+)/.exec(heading)?.[1])
  if (source === undefined || names.includes(version)) return []
  return [{ path: source.path, line: 1, problem: `has no heading for version ${version} of package.json` }]
}

/** Cells as a reader sees them: without backquotes, link targets and the spaces that line columns up. */
const cellsOf = (line: string): readonly string[] =>
  line
    .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replaceAll('`', '')
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim())

const tableOf = (text: string): { readonly line: number; readonly rows: readonly TableRow[] } | undefined => {
  const lines = text.split('\n')
  const head = lines.findIndex((line) => cellsOf(line).join('|') === COLUMNS.join('|'))
  if (head === -1) return undefined
  const after = lines.slice(head + 2)
  const end = after.findIndex((line) => !line.startsWith('|'))
  const rows = after.slice(0, end === -1 ? after.length : end).map((line, index) => ({ line: head + 3 + index, cells: cellsOf(line) }))
  return { line: head + 1, rows }
}

const same = (row: TableRow, wanted: string): boolean => row.cells.join('|') === cellsOf(wanted).join('|')

const architecture = (tree: Tree): readonly Finding[] => {
  const source = find(tree, 'ARCHITECTURE.md')
  if (source === undefined) return []
  const table = tableOf(source.text)
  if (table === undefined) return [{ path: source.path, line: 1, problem: `has no table with the columns ${COLUMNS.join(' | ')}` }]
  const wanted = tree.layers.map(architectureRow)
  const lacking = wanted.filter((line) => !table.rows.some((row) => same(row, line)))
  const surplus = table.rows.filter((row) => !wanted.some((line) => same(row, line)))
  return [
    ...lacking.map((line) => ({ path: source.path, line: table.line, problem: `lacks the row of layers.ts: ${line}` })),
    ...surplus.map(({ line, cells }) => ({ path: source.path, line, problem: `has a row that layers.ts has not: ${cells.join(' | ')}` })),
  ]
}

/** The documents a reader looks for exist, know the version, and show the layer table as it is. */
export const checkDocuments: Check = (tree) => [...missing(tree), ...changelog(tree), ...architecture(tree)]
