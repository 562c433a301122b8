import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { statement } from './statement-question.ts'

const KEY = `ed01${'0'.repeat(64)}`
const reads = (value: unknown): boolean => statement.safeParse(value).success

test('Words about versions are read', () => {
  const yank = { type: 'status', name: 'tool', version: '1.0.0', state: 'yanked', why: 'broken' }
  assert.deepEqual(statement.parse(yank), yank)
  assert(reads({ type: 'status', name: 'tool', version: '*', state: 'live' }))
  const wrongs = [{ name: 'A b' }, { version: '1' }, { state: 'gone' }, { why: 'x'.repeat(281) }, { why: undefined }, { more: 1 }]
  for (const wrong of wrongs) assert(!reads({ ...yank, ...wrong }), JSON.stringify(wrong))
})

test('Changes of roles are read', () => {
  const change = {
    root: { keys: [KEY], need: 1 }, add: [{ key: KEY, names: ['*'], expires: 5, auto: true, label: 'ci' }],
    revoke: [{ key: KEY, notMine: [{ name: 'tool', version: '1.0.0' }] }], need: 2, human: 1, domains: ['ggen.example'],
  }
  assert.deepEqual(statement.parse({ type: 'roles', change }), { type: 'roles', change })
  assert(reads({ type: 'roles', change: {} }))
  for (const wrong of [{ root: { keys: ['x'], need: 1 } }, { need: 9 }, { revoke: [{ key: KEY }] }, { add: [{ key: KEY }] }]) {
    assert(!reads({ type: 'roles', change: { ...change, ...wrong } }), JSON.stringify(wrong))
  }
})

test('Anything else is not', () => {
  fc.assert(fc.property(fc.anything(), (value) => assert(!reads(value))))
})
