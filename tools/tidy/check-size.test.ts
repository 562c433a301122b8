import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkSize } from './check-size.ts'
import { inShort, plantTree } from './plant.ts'

const lines = (count: number): string => 'x\n'.repeat(count)

test('A code file of 301 lines is found and one of 300 is not', () => {
  const findings = checkSize(plantTree({ 'src/a/long.ts': lines(301), 'src/a/full.ts': lines(300), 'tools/long.mjs': lines(302), 'README.md': lines(400) }))
  assert.deepEqual(inShort(findings), [
    'src/a/long.ts:301 has 301 lines; a file is one idea in at most 300',
    'tools/long.mjs:301 has 302 lines; a file is one idea in at most 300',
  ])
})

test('A line of 161 columns is found and one of 160 is not', () => {
  const findings = checkSize(plantTree({ 'src/a/wide.ts': `${'x'.repeat(160)}\n${'x'.repeat(161)}\n`, 'vectors/bytes.ts': 'x'.repeat(999) }))
  assert.deepEqual(inShort(findings), ['src/a/wide.ts:2 has 161 columns; a line has at most 160'])
})
