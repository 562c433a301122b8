import { digestBytes, digestOf, LIMITS, pieceCount, pieceRange } from '#core'
import { seeded } from '#testing'
import fc from 'fast-check'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { PieceHasher } from './piece-hasher.ts'

const content = seeded('pieces').bytes(3 * LIMITS.pieceBytes + 17)

const expected = (bytes: Uint8Array): readonly Uint8Array[] =>
  Array.from({ length: pieceCount(bytes.length) }, (_, piece) => {
    const { offset, length } = pieceRange(bytes.length, piece)
    return digestBytes(digestOf(bytes.subarray(offset, offset + length)))
  })

test('each piece is hashed by itself, however the bytes are cut into chunks', () => {
  const sizes = fc.constantFrom(0, 1, LIMITS.pieceBytes - 1, LIMITS.pieceBytes, LIMITS.pieceBytes + 1, 2 * LIMITS.pieceBytes, content.length)
  fc.assert(
    fc.property(sizes, fc.array(fc.integer({ min: 1, max: 1_500_000 }), { maxLength: 8 }), (sizeBytes, cuts) => {
      const hasher = new PieceHasher()
      const bytes = content.subarray(0, sizeBytes)
      let at = 0
      for (const length of [...cuts, sizeBytes]) {
        hasher.update(bytes.subarray(at, at + length))
        at += length
      }
      assert.deepEqual(hasher.finish(), expected(bytes))
    }),
    { numRuns: 30 },
  )
})
