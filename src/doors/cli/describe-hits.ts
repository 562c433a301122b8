import type { SearchHitReply, SearchReply } from '#doors/control'
import { staleRemark, voucherText } from './describe-vouched.ts'
import type { Look } from './look.ts'
import { plainText } from './plain-text.ts'
import { type Column, tableText } from './table.ts'

const COLUMNS: readonly Column<SearchHitReply>[] = [
  { title: 'NAME', cell: ({ name }) => name },
  { title: 'VERSION', cell: ({ version }) => version },
  { title: 'SCORE', align: 'right', cell: ({ score }) => score.toFixed(2), whole: ({ score }) => String(score) },
  { title: 'HOLDERS', align: 'right', cell: ({ holders }) => String(holders) },
  { title: 'PUBLISHER', cell: voucherText, whole: ({ identity, source }) => identity ?? source },
  { title: 'DESCRIPTION', cell: ({ description, without }) => (without === undefined ? description : `(${without}) ${description}`) },
]

const EXPLANATION: Column<SearchHitReply> = {
  title: 'WHY',
  cell: ({ explanation = [] }) => explanation.map(({ signal, points }) => `${signal} ${points.toFixed(2)}`).join(', '),
  whole: ({ explanation = [] }) => explanation.map(({ signal, points }) => `${signal}=${points}`).join(','),
}

/** People read the reasons under each hit; other programs get them as one more cell. */
const explainedText = (results: readonly SearchHitReply[], look: Look): string => {
  if (!look.isTTY) return tableText(results, [...COLUMNS, EXPLANATION], look)
  const [heading = '', ...lines] = tableText(results, COLUMNS, look).trimEnd().split('\n')
  const rows = results.flatMap((hit, index) => {
    const why = plainText(EXPLANATION.cell(hit))
    return [lines[index] ?? '', ...(why === '' ? [] : [look.dim(`  why: ${why}`)])]
  })
  return [heading, ...rows].map((line) => `${line}\n`).join('')
}

/** The hits as a table. */
export const foundText = ({ results }: SearchReply, look: Look): string => {
  if (results.length === 0) return ''
  return results.some(({ explanation }) => explanation !== undefined) ? explainedText(results, look) : tableText(results, COLUMNS, look)
}

/** As a shell reads it as one word. */
const quoted = (text: string): string => (/^[\w.:=+/-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`)

const amountText = ({ total, results, next }: SearchReply): string | undefined => {
  if (total === 0) return 'nothing matches; use fewer or other words'
  if (results.length === 0) return 'there are no more'
  return next && `${results.length} of ${total} shown; for the next ones repeat the command with --cursor ${quoted(plainText(next))}`
}

/** What is worth saying beside the table; a line for each thing. */
export const foundRemark = (reply: SearchReply): string | undefined => {
  const { corrected, partial } = reply
  const lines = [
    corrected && `did you mean ${plainText(corrected.join(' '))}? next to nothing matches what was typed`,
    amountText(reply),
    partial && 'not all peers answered in time: there may be more',
    staleRemark(reply),
  ].filter((line) => line !== undefined)
  return lines.length === 0 ? undefined : lines.join('\n')
}
