import type { Look } from './look.ts'
import { plainText, shorten } from './plain-text.ts'

/** One column of a table. Numbers stand to the right; the last column gets what is left of the line. */
export interface Column<Row> {
  readonly title: string
  readonly cell: (row: Row) => string
  readonly align?: 'right'
  /** What other programs get, where it is more than people see. */
  readonly whole?: (row: Row) => string
}

const GAP = '  '
const LAST_COLUMN = 20

const pad = (text: string, width: number, align: 'right' | undefined): string => {
  const blank = ' '.repeat(Math.max(0, width - [...text].length))
  return align === 'right' ? blank + text : text + blank
}

/** Rows as text: an aligned table with a heading on a terminal, else one line of tab-separated cells for each row. Ends with a line break. */
export const tableText = <Row>(rows: readonly Row[], columns: readonly Column<Row>[], look: Look): string => {
  if (!look.isTTY) return rows.map((row) => `${columns.map(({ cell, whole = cell }) => plainText(whole(row))).join('\t')}\n`).join('')
  const cells = rows.map((row) => columns.map(({ cell }) => plainText(cell(row))))
  const widths = columns.map(({ title }, index) => Math.max(title.length, ...cells.map((row) => [...(row[index] ?? '')].length)))
  const before = widths.slice(0, -1).reduce((sum, width) => sum + width + GAP.length, 0)
  const room = Math.max(LAST_COLUMN, look.columns - before)
  const line = (texts: readonly string[]): string =>
    texts.map((text, index) => (index === texts.length - 1 ? shorten(text, room) : pad(text, widths[index] ?? 0, columns[index]?.align))).join(GAP).trimEnd()
  return [look.dim(line(columns.map(({ title }) => title))), ...cells.map(line)].map((text) => `${text}\n`).join('')
}

/** Label and value lines, aligned. Empty values are left out. */
export const fieldsText = (fields: readonly (readonly [label: string, value: string | undefined])[], look: Look): string => {
  const shown = fields.flatMap(([label, value]) => (value === undefined || value === '' ? [] : [[label, plainText(value)] as const]))
  const width = Math.max(0, ...shown.map(([label]) => label.length))
  return shown.map(([label, value]) => `${look.dim(label.padEnd(width))}${GAP}${value}\n`).join('')
}
