import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { LIMITS, pieceCount, PieceSet } from '#core'
import { memoryHub } from '#network'
import { seeded, TestClock } from '#testing'
import { decodeBlobAnswer, encodeBlobQuestion } from '#wire'
import { answerBlobs, covers } from './answer-blobs.ts'
import { requestOf, shelfOf } from './blob-source.conformance.ts'

const never = new AbortController().signal
const MIB = LIMITS.pieceBytes

describe('what a shelf can give', () => {
  test('covers a range exactly when every byte of it lies in a piece that is there', () => {
    const cases = fc.record({
      sizeBytes: fc.integer({ min: 1, max: 6 * MIB }), held: fc.array(fc.nat({ max: 6 })),
      offset: fc.nat({ max: 7 * MIB }), length: fc.integer({ min: 1, max: 3 * MIB }),
    })
    fc.assert(
      fc.property(cases, ({ sizeBytes, held, offset, length }) => {
        const pieces = new PieceSet(pieceCount(sizeBytes))
        for (const piece of held) pieces.add(piece)
        const [first, last] = [Math.floor(offset / MIB), Math.floor((offset + length - 1) / MIB)]
        const touched = Array.from({ length: last - first + 1 }, (_, index) => first + index)
        const expected = offset + length <= sizeBytes && touched.every((piece) => pieces.has(piece))
        assert.equal(covers({ sizeBytes, pieces }, offset, length), expected)
        assert.equal(covers({ sizeBytes }, offset, length), offset + length <= sizeBytes)
      }),
    )
  })
})

describe('answering over libp2p', () => {
  test('cuts a range at the end of the blob, and waits its turn before it sends', async () => {
    const hub = memoryHub({ clock: new TestClock() })
    const [asker, server] = [hub.join(), hub.join()]
    hub.link(asker.self, server.self)
    const content = seeded('cut').bytes(1000)
    const paced: number[] = []
    using _answering = answerBlobs(server, shelfOf(content), async (_peer, bytes) => void paced.push(bytes))
    const { digest } = requestOf(server.self, content)
    const ask = async (offset: number, length: number): Promise<number | undefined> =>
      decodeBlobAnswer(await asker.ask(server.self, '/ggen/blob/1', encodeBlobQuestion({ digest, offset, length }), never))?.bytes.length
    assert.deepEqual([await ask(990, 100), await ask(1000, 5), await ask(5000, 5)], [10, 0, 0])
    assert.deepEqual(paced, [10, 0, 0])
  })
})
