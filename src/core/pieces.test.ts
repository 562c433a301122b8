import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { isGgenError } from './errors.ts'
import { LIMITS } from './limits.ts'
import { pieceCount, pieceRange, PieceSet } from './pieces.ts'

describe('pieces', () => {
  test('cover a blob without gap or overlap', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 20 * LIMITS.pieceBytes }), (sizeBytes) => {
        let end = 0
        for (let piece = 0; piece < pieceCount(sizeBytes); piece++) {
          const { offset, length } = pieceRange(sizeBytes, piece)
          assert.equal(offset, end)
          assert.ok(length > 0 && length <= LIMITS.pieceBytes)
          end = offset + length
        }
        assert.equal(end, sizeBytes)
      }),
    )
  })
})

describe('a set of pieces', () => {
  test('remembers each piece once, and survives its bytes', () => {
    const sets = fc.integer({ min: 0, max: 200 }).chain((count) => fc.tuple(fc.constant(count), fc.array(fc.nat({ max: Math.max(0, count - 1) }))))
    fc.assert(
      fc.property(sets, ([count, pieces]) => {
        const set = new PieceSet(count)
        for (const piece of pieces) set.add(piece)
        const members = new Set(pieces.filter((piece) => piece < count))
        assert.equal(set.size, members.size)
        assert.equal(set.isFull, members.size === count)
        const again = PieceSet.fromBytes(set.toBytes(), count)
        for (let piece = -1; piece <= count; piece++) assert.equal(again.has(piece), members.has(piece))
      }),
    )
  })

  test('is read from any bytes, or refused as frame-invalid', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 8 }), fc.nat({ max: 64 }), (bytes, count) => {
        try {
          assert.deepEqual(PieceSet.fromBytes(bytes, count).toBytes(), bytes)
        } catch (error) {
          if (!isGgenError(error, 'frame-invalid')) throw error
        }
      }),
    )
  })
})
