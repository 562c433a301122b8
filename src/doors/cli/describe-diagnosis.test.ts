import assert from 'node:assert/strict'
import { test } from 'node:test'
import { diagnosisText, isWrong } from './describe-diagnosis.ts'
import type { CheckRow } from './commands/check-row.ts'
import { lookOf } from './look.ts'

const output = (isTTY: boolean): Parameters<typeof lookOf>[0] => ({ write: () => undefined, isTTY, columns: 80 })
const [terminal, pipe] = [lookOf(output(true), { NO_COLOR: '1' }), lookOf(output(false), {})]
const rows: readonly CheckRow[] = [
  { check: 'disk', state: 'ok', finding: '1 GB is free' },
  { check: 'keys', state: 'fail', finding: 'others\ncan read them', advice: 'chmod\u001b[31m' },
]

test('people see what was found with the advice under it, and how it adds up', () => {
  assert.equal(diagnosisText(rows, terminal), [
    'ok       disk  1 GB is free',
    'fail     keys  others can read them',
    '               do: chmod[31m',
    '',
    '1 thing is wrong',
    '',
  ].join('\n'))
  const better = rows.map((row) => ({ ...row, state: 'warn' as const }))
  assert.match(diagnosisText(better, terminal), /\nnothing is wrong; 2 things could be better\n$/)
  assert.match(diagnosisText([...rows, ...rows], terminal), /\n2 things are wrong\n$/)
})

test('programs get a line for each check', () => {
  assert.equal(diagnosisText(rows, pipe), 'disk\tok\t1 GB is free\t\nkeys\tfail\tothers can read them\tchmod[31m\n')
})

test('only what fails is wrong', () => {
  assert.equal(isWrong(rows), true)
  assert.equal(isWrong((['ok', 'warn', 'unknown'] as const).map((state) => ({ check: 'x', state, finding: '' }))), false)
})
