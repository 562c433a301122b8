import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import fc from 'fast-check'
import { LIMITS } from '#core'
import { PieceAssembly } from './piece-assembly.ts'

const SIZE = 3 * LIMITS.pieceBytes - 1000
const content = createHash('shake256', { outputLength: SIZE }).update('assembly').digest()

test('pieces are put together and hashed from chunks of any length, without copying', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: LIMITS.pieceBytes }), { minLength: 1 }), (lengths) => {
      const assembly = new PieceAssembly({ first: 1, end: 3 }, SIZE)
      const made = []
      for (let [at, turn] = [LIMITS.pieceBytes, 0]; at < SIZE; turn++) {
        const chunk = content.subarray(at, at + (lengths[turn % lengths.length] ?? 1))
        const { taken, complete } = assembly.take(chunk)
        at += taken
        if (complete !== undefined) made.push(complete)
      }
      assert.ok(assembly.isComplete)
      assert.deepEqual(made.map(({ piece, offset, length }) => [piece, offset, length]), [
        [1, LIMITS.pieceBytes, LIMITS.pieceBytes], [2, 2 * LIMITS.pieceBytes, LIMITS.pieceBytes - 1000],
      ])
      for (const { offset, length, chunks, sha256 } of made) {
        assert.equal(Buffer.compare(Buffer.concat(chunks), content.subarray(offset, offset + length)), 0)
        assert.deepEqual(sha256, createHash('sha256').update(content.subarray(offset, offset + length)).digest())
        assert.ok(chunks.every(({ buffer }) => buffer === content.buffer))
      }
    }),
    { numRuns: 20 },
  )
})
