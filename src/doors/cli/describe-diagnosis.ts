import type { CheckRow } from './commands/check-row.ts'
import type { Look } from './look.ts'
import { plainText } from './plain-text.ts'
import { count } from './quantities.ts'

const STATE_WIDTH = 'unknown'.length
const GAP = '  '

const paint = ({ state }: CheckRow, look: Look): string => {
  const text = state.padEnd(STATE_WIDTH)
  if (state === 'fail') return look.red(text)
  return state === 'warn' ? look.bold(text) : look.dim(text)
}

const conclusion = (rows: readonly CheckRow[]): string => {
  const amountOf = (state: CheckRow['state']): number => rows.filter((row) => row.state === state).length
  const [wrong, better] = [amountOf('fail'), amountOf('warn')]
  const hints = better === 0 ? '' : `; ${count(better, 'thing')} could be better`
  return `${wrong === 0 ? 'nothing is wrong' : `${count(wrong, 'thing is', 'things are')} wrong`}${hints}`
}

/** What was found, and what to do: for people below each other with the advice under it, for other programs a line of cells for each check. */
export const diagnosisText = (rows: readonly CheckRow[], look: Look): string => {
  if (!look.isTTY) return rows.map(({ check, state, finding, advice = '' }) => `${[check, state, finding, advice].map(plainText).join('\t')}\n`).join('')
  const width = Math.max(0, ...rows.map(({ check }) => check.length))
  const lines = rows.flatMap((row) => {
    const first = `${paint(row, look)}${GAP}${row.check.padEnd(width)}${GAP}${plainText(row.finding)}`
    const indent = ' '.repeat(STATE_WIDTH + width + 2 * GAP.length)
    return row.advice === undefined ? [first] : [first, `${indent}${look.dim('do:')} ${plainText(row.advice)}`]
  })
  return `${[...lines, '', conclusion(rows)].join('\n')}\n`
}

/** Whether anything is wrong. */
export const isWrong = (rows: readonly CheckRow[]): boolean => rows.some(({ state }) => state === 'fail')
