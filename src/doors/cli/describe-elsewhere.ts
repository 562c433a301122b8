import type { InstalledElsewhere } from './commands/install-index.ts'
import type { FoundElsewhere } from './commands/search-index.ts'
import type { Look } from './look.ts'
import { plainText } from './plain-text.ts'
import { type Column, tableText } from './table.ts'

const COLUMNS: readonly Column<FoundElsewhere['results'][number]>[] = [
  { title: 'NAME', cell: ({ name }) => name },
  { title: 'VERSION', cell: ({ version }) => version },
  { title: 'SCORE', align: 'right', cell: ({ score }) => score.toFixed(2), whole: ({ score }) => String(score) },
  { title: 'DESCRIPTION', cell: ({ description, without }) => (without === undefined ? description : `(${without}) ${description}`) },
]

/** What an index of another registry has, as a table. */
export const elsewhereText = ({ results }: FoundElsewhere, look: Look): string => (results.length === 0 ? '' : tableText(results, COLUMNS, look))

/** What is worth saying beside it. */
export const elsewhereRemark = ({ source, total, results }: FoundElsewhere): string | undefined => {
  if (total === 0) return `nothing in ${plainText(source)} matches; use fewer or other words`
  return results.length < total ? `${results.length} of ${total} shown; see more with --limit` : undefined
}

/** What was installed, and who vouches for it: nobody signed it. */
export const installedElsewhereText = ({ source, installed }: InstalledElsewhere, look: Look): string =>
  installed.map(({ name, version, path }) => {
    const voucher = `${plainText(source)} vouches for its digest; nobody signed it`
    return `installed ${look.bold(`${name} ${version}`)} (${voucher})\n  ${plainText(path)}\n`
  }).join('')
