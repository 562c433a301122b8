import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { readRange } from './read-range.ts'

test('one range of bytes is read, and what is none means the whole', () => {
  assert.deepEqual(readRange('bytes=2-4', 10), { offset: 2, length: 3 })
  assert.deepEqual(readRange('bytes=2-', 10), { offset: 2, length: 8 })
  assert.deepEqual(readRange('bytes=2-99', 10), { offset: 2, length: 8 })
  assert.deepEqual(readRange('bytes=-3', 10), { offset: 7, length: 3 })
  assert.deepEqual(readRange('bytes=-99', 10), { offset: 0, length: 10 })
  for (const outside of ['bytes=10-', 'bytes=10-12', 'bytes=-0']) assert.equal(readRange(outside, 10), 'outside', outside)
  for (const whole of [undefined, '', 'bytes=4-2', 'bytes=0-1,3-4', 'items=0-1', 'bytes=a-b', 'bytes=-',
    'bytes=1234567890123456-']) assert.equal(readRange(whole, 10), 'whole', whole)
})

test('whatever is asked for lies inside of what there is', () => {
  const header = fc.oneof(fc.string(), fc.tuple(fc.nat(), fc.nat()).map(([a, b]) => `bytes=${a}-${b}`), fc.nat().map((a) => `bytes=-${a}`))
  fc.assert(fc.property(header, fc.nat(1000), (text, size) => {
    const range = readRange(text, size)
    if (typeof range === 'string') return
    assert.ok(range.offset >= 0 && range.length > 0 && range.offset + range.length <= size)
  }))
})
