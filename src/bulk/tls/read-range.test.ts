import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { readRange } from './read-range.ts'

describe('the range header', () => {
  test('names one range by its first and last byte', () => {
    fc.assert(
      fc.property(fc.nat({ max: 2 ** 40 }), fc.integer({ min: 1, max: 2 ** 30 }), (offset, length) => {
        assert.deepEqual(readRange(`bytes=${offset}-${offset + length - 1}`), { offset, length })
      }),
    )
  })

  test('anything else is none', () => {
    const others = [
      'bytes=0-', 'bytes=-5', 'bytes=5-4', 'bytes=0-1,3-4', 'bytes=0-1 ', ' bytes=0-1', 'Bytes=0-1', 'bytes=+1-2', 'bytes=1e3-2000',
      'bytes=0-99999999999999',
    ]
    for (const header of [undefined, '', ...others]) assert.equal(readRange(header), undefined, header)
    fc.assert(
      fc.property(fc.string(), (header) => {
        const range = readRange(header)
        if (range !== undefined) assert.ok(range.length >= 1 && Number.isSafeInteger(range.offset + range.length))
      }),
    )
  })
})
