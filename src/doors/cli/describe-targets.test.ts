import assert from 'node:assert/strict'
import { test } from 'node:test'
import { registryIdOf } from '#core'
import { deliveriesText, targetFields } from './describe-targets.ts'

const target = registryIdOf(new URL('https://registry.example'))

test('each registry has a line that says whether it is there, and why not', () => {
  const error = { code: 'registry-unreachable', message: 'it does\u001B[31m not answer', hint: 'wait' } as const
  const lines = targetFields([
    { target, state: 'stored' }, { target, state: 'pending' }, { target, state: 'pending', error }, { target, state: 'refused', error },
  ]).map(([, text]) => text)
  assert.equal(lines[0], 'https://registry.example: stored')
  assert.match(lines[1] ?? '', /: not yet handed over; the node goes on trying, also after a restart$/)
  assert.match(lines[2] ?? '', /restart \(it does[^a-z]+m not answer\)$/)
  assert.match(lines[3] ?? '', /: refused \(it does[^a-z]+m not answer\): wait$/)
})

test('what a registry says cannot change the terminal', () => {
  const error = { code: 'registry-failed', message: 'no\u001B[2J', hint: 'wait\u001B[2J' } as const
  assert.ok(targetFields([{ target, state: 'refused', error }]).flat().every((text) => !text.includes('\u001B')))
})

test('what waits is told only when there is something', () => {
  assert.deepEqual([undefined, 0, 1, 2].map(deliveriesText), [undefined, undefined, '1 record to the central registry', '2 records to the central registry'])
})
