import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import type { OpId, Version } from '#core'
import { compareOps } from './compare-ops.ts'
import type { StatusFacts } from './feed-facts.ts'
import { LastWords } from './last-words.ts'

const word = (id: string, at: number, version: string): StatusFacts =>
  ({ type: 'status', id: id as OpId, at, body: { version, state: 'live' } }) as unknown as StatusFacts
const slot = '1.0.0' as Version

test('the last word counts, about the version or about all of them, by the clock and then by id', () => {
  const words = new LastWords()
  assert.equal(words.on(slot), undefined)
  for (const one of [word('b', 2, '1.0.0'), word('a', 2, '1.0.0+build'), word('c', 1, '1.0.0'), word('z', 9, '2.0.0')]) words.add(one)
  assert.equal(words.on(slot)?.id, 'b')
  words.add(word('c', 2, '*'))
  assert.deepEqual([words.on(slot)?.id, words.on('3.0.0' as Version)?.id, words.on('2.0.0' as Version)?.id], ['c', 'c', 'z'])
  words.add(word('d', 2, '1.0.0'))
  assert.equal(words.on(slot)?.id, 'd')
})

test('what was taken away was never said, whatever was asked between', () => {
  const step = fc.record({ at: fc.nat(3), version: fc.constantFrom('*', '1.0.0', '2.0.0'), drop: fc.boolean(), which: fc.nat(9), asks: fc.boolean() })
  fc.assert(fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
    const words = new LastWords()
    const left: StatusFacts[] = []
    for (const [index, { at, version, drop, which, asks }] of steps.entries()) {
      if (drop && left.length > 0) for (const gone of left.splice(which % left.length, 1)) words.delete(gone)
      else {
        left.push(word(`word ${index}`, at, version))
        for (const one of left.slice(-1)) words.add(one)
      }
      if (asks) words.on(slot)
    }
    assert.deepEqual(words.on(slot), left.filter(({ body }) => body.version !== '2.0.0').sort(compareOps).at(-1))
  }))
})
