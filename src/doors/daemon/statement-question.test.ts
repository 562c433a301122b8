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

test('Words about others are read', () => {
  const target = `bafyrei${'a'.repeat(52)}`
  const endorse = { type: 'endorse', target, names: ['tool', '@scope/lib'], level: 'block', why: 'malware', expires: 5 }
  const advisory = { type: 'advisory', target, name: 'tool', range: '<2', severity: 'high', why: 'leaks', ref: 'https://example.com', fix: '2.0.0' }
  assert.deepEqual([endorse, advisory].map((said) => statement.parse(said)), [endorse, advisory])
  assert(reads({ type: 'endorse', target, names: [], level: 'none' }) && reads({ type: 'advisory', target, name: 'tool', range: '*', severity: 'none' }))
  const wrongs = [{ target: 'x' }, { why: 'x'.repeat(281) }, { more: 1 }]
  const tooMany = Array.from({ length: 33 }, (_, n) => `a${n}`)
  for (const wrong of [...wrongs, { names: ['*'] }, { names: tooMany }, { level: 'trust' }, { expires: -1 }]) {
    assert(!reads({ ...endorse, ...wrong }), JSON.stringify(wrong))
  }
  const badRanges = [{ range: '' }, { range: 'x'.repeat(257) }]
  for (const wrong of [...wrongs, ...badRanges, { name: 'A b' }, { severity: 'medium' }, { ref: 'x'.repeat(513) }, { fix: '^2' }]) {
    assert(!reads({ ...advisory, ...wrong }), JSON.stringify(wrong))
  }
})

test('Anything else is not', () => {
  fc.assert(fc.property(fc.anything(), (value) => assert(!reads(value))))
})
