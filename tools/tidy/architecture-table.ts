import type { Layer } from '../../layers.ts'

/** Heads of the three columns of the table in ARCHITECTURE.md. */
export const COLUMNS: readonly string[] = ['Folder', 'Answers', 'May import']

const importCell = (mayImport: readonly string[]): string => {
  if (mayImport.includes('*')) return 'everything'
  return mayImport.length === 0 ? 'nothing' : mayImport.map((door) => `\`${door}\``).join(', ')
}

const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`

/** One line of the table. */
export const architectureRow = ({ folder, answers, mayImport }: Layer): string => row([`\`${folder}\``, answers, importCell(mayImport)])

/** The table as ARCHITECTURE.md must hold it, in Markdown. */
export const architectureTable = (layers: readonly Layer[]): string =>
  [row(COLUMNS), row(COLUMNS.map(() => '---')), ...layers.map(architectureRow)].join('\n')
