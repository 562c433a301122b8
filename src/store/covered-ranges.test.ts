import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { CoveredRanges } from './covered-ranges.ts'

const SIZE = 40

test('it knows exactly what was added, and refuses what was added before', () => {
  fc.assert(fc.property(fc.array(fc.tuple(fc.nat(SIZE), fc.nat(12)), { maxLength: 30 }), (ranges) => {
    const covered = new CoveredRanges(SIZE)
    const bytes = new Set<number>()
    for (const [offset, length] of ranges) {
      const wanted = Array.from({ length }, (_, index) => offset + index)
      if (offset + length > SIZE || wanted.some((byte) => bytes.has(byte))) {
        assert.throws(() => covered.add(offset, length), { code: 'ERR_ASSERTION' })
      } else {
        covered.add(offset, length)
        for (const byte of wanted) bytes.add(byte)
      }
      for (let from = 0; from <= SIZE; from += 1) {
        let end = from
        while (bytes.has(end)) end += 1
        assert.equal(covered.endFrom(from), end)
      }
      assert.deepEqual([covered.isEmpty, covered.isWhole], [bytes.size === 0, bytes.size === SIZE])
    }
  }))
})

test('nothing is all of an empty blob', () => {
  const covered = new CoveredRanges(0)
  assert(covered.isWhole && covered.isEmpty)
  covered.add(0, 0)
  for (const [offset, length] of [[0, 1], [-1, 1], [0.5, 0]] as const) assert.throws(() => covered.add(offset, length), { code: 'ERR_ASSERTION' })
})
