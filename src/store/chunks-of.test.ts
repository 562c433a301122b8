import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { chunksOf } from './chunks-of.ts'

test('chunks follow each other from the first byte of the range to its last, or to the end of the blob', () => {
  const ranges = fc.record({ offset: fc.nat(120), length: fc.nat(120) })
  fc.assert(fc.property(fc.nat(100), ranges, fc.integer({ min: 1, max: 50 }), (sizeBytes, range, chunkBytes) => {
    const chunks = [...chunksOf(sizeBytes, { range, chunkBytes })]
    const bytes = chunks.flatMap((chunk) => Array.from({ length: chunk.length }, (_, index) => chunk.offset + index))
    const expected = Array.from({ length: sizeBytes }, (_, index) => index).slice(range.offset, range.offset + range.length)
    assert.deepEqual(bytes, expected)
    assert(chunks.slice(0, -1).every((chunk) => chunk.length === chunkBytes))
    assert(chunks.every((chunk) => chunk.length > 0 && chunk.length <= chunkBytes))
  }))
})

test('without options it is the whole blob in chunks of 1 MiB', () => {
  assert.deepEqual([...chunksOf(1024 * 1024 + 1, {})], [{ offset: 0, length: 1024 * 1024 }, { offset: 1024 * 1024, length: 1 }])
  for (const chunkBytes of [0, -1, 1.5, 1024 * 1024 + 1]) assert.throws(() => [...chunksOf(1, { chunkBytes })], { code: 'ERR_ASSERTION' })
})
