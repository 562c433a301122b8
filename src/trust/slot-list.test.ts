import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { hashesOf, hashOf, SlotList } from './slot-list.ts'

test('the hashes of a text are those of what remains of it', () => {
  fc.assert(fc.property(fc.string({ maxLength: 12 }), (text) => {
    const remnants = Array.from({ length: text.length }, (_, at) => text.slice(0, at) + text.slice(at + 1))
    assert.deepEqual(new Set(hashesOf(text)), new Set([text, ...remnants].map(hashOf)))
    assert.ok(hashesOf(text).length <= text.length + 1)
  }))
})

test('the texts with a hash are found, each once', () => {
  const short = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 3 })
  fc.assert(fc.property(fc.array(short, { maxLength: 30 }), short, (texts, text) => {
    const list = new SlotList(texts, (each) => [hashOf(each)])
    assert.deepEqual([...list.at(hashOf(text))], texts.flatMap((other, index) => (other === text ? index : [])))
  }))
  const [lowest, highest] = [new SlotList(['x'], () => [0]), new SlotList(['x', 'y'], () => [2 ** 32 - 1])]
  assert.deepEqual([[...lowest.at(0)], [...highest.at(2 ** 32 - 1)], [...highest.at(0)]], [[0], [0, 1], []])
})
