import { digestFromBytes, GgenError, LIMITS, pieceCount, PieceSet } from '#core'
import { encode } from '@ipld/dag-cbor'
import fc from 'fast-check'
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { decodeHaveAnswer, encodeHaveAnswer, encodeHaveQuestion, type HaveAnswer, type HaveOffer, type HeldBlob } from './have-message.ts'

const refused = { code: 'frame-invalid' }
const SIZE_MAX = LIMITS.blobPieces * LIMITS.pieceBytes

const piecesOf = (count: number, has: (piece: number) => boolean): PieceSet => {
  const pieces = new PieceSet(count)
  for (let piece = 0; piece < count; piece++) if (has(piece)) pieces.add(piece)
  return pieces
}

const part: fc.Arbitrary<HeldBlob> = fc.integer({ min: 2, max: 300 }).chain((count) => {
  const some = fc.subarray([...Array(count).keys()], { minLength: 1, maxLength: count - 1 })
  return fc.record({ last: fc.integer({ min: 1, max: LIMITS.pieceBytes }), some: some.map((pieces) => new Set(pieces)) }).map(({ last, some: pieces }) => ({
    sizeBytes: (count - 1) * LIMITS.pieceBytes + last,
    pieces: piecesOf(count, (piece) => pieces.has(piece)),
  }))
})
const held: fc.Arbitrary<HeldBlob | undefined> = fc.oneof(fc.constant(undefined), fc.record({ sizeBytes: fc.integer({ min: 0, max: SIZE_MAX }) }), part)
const offer: fc.Arbitrary<HaveOffer> = fc.record({
  port: fc.integer({ min: 1, max: 65_535 }),
  ticket: fc.uint8Array({ minLength: 1, maxLength: 64 }),
  validMs: fc.integer({ min: 1, max: 86_400_000 }),
})
/** A small blob that comes with the answer. */
const smallBlob: fc.Arbitrary<Uint8Array> = fc.uint8Array({ minLength: 1, maxLength: 300 })
const answer: fc.Arbitrary<HaveAnswer> = fc
  .record({ given: fc.array(smallBlob, { maxLength: 5 }), others: fc.array(held, { maxLength: 40 }), bulk: fc.option(offer, { nil: undefined }) })
  .map(({ given: blobs, others, bulk }) => ({
    held: [...blobs.map(({ length }) => ({ sizeBytes: length })), ...others], enclosed: new Map(blobs.entries()), bulk,
  }))

/** So many of the first blobs may be enclosed in any of these answers. */
const ENCLOSE = 5

const plain = ({ held: blobs, enclosed, bulk }: HaveAnswer): unknown => ({
  held: blobs.map((blob) => blob && [blob.sizeBytes, blob.pieces && Buffer.from(blob.pieces.toBytes()).toString('hex'), blob.pieces?.count]),
  enclosed: [...(enclosed ?? [])].map(([index, bytes]) => [index, Buffer.from(bytes).toString('hex')]),
  bulk: bulk && { ...bulk, ticket: Buffer.from(bulk.ticket).toString('hex') },
})

const spelled = (change: Readonly<Record<string, unknown>>): Uint8Array =>
  encode({ held: Uint8Array.of(1, 0, 2), sizes: [7, 3 * LIMITS.pieceBytes], parts: [Uint8Array.of(0b1010_0000)], enclosed: [], bulk: null, ...change })

describe('an answer to what is held', () => {
  test('comes back as it was', () => {
    fc.assert(fc.property(answer, (value) => assert.deepEqual(plain(decodeHaveAnswer(encodeHaveAnswer(value), value.held.length, ENCLOSE)), plain(value))))
  })

  test('spells a part without pieces as nothing and one with all as the whole', () => {
    const sizeBytes = 3 * LIMITS.pieceBytes
    const spelt = encodeHaveAnswer({ held: [{ sizeBytes, pieces: new PieceSet(3) }, { sizeBytes, pieces: piecesOf(3, () => true) }], bulk: undefined })
    assert.deepEqual(decodeHaveAnswer(spelt, 2).held, [undefined, { sizeBytes }])
  })

  test('always fits: the largest question, every blob of the largest size held in part', () => {
    const pieces = piecesOf(pieceCount(SIZE_MAX), (piece) => piece % 2 === 0)
    const largest = encodeHaveAnswer({
      held: Array.from({ length: LIMITS.haveDigests }, () => ({ sizeBytes: SIZE_MAX, pieces })),
      bulk: { port: 65_535, ticket: new Uint8Array(64), validMs: 86_400_000 },
    })
    assert.ok(largest.length < LIMITS.messageBytes / 4, `${largest.length} bytes`)
    assert.ok(largest.length + LIMITS.enclosedBytes < LIMITS.messageBytes, 'also with everything that may be enclosed')
    assert.equal(decodeHaveAnswer(largest, LIMITS.haveDigests).held.length, LIMITS.haveDigests)
    const digests = Array.from({ length: LIMITS.haveDigests }, (_, index) => digestFromBytes(new Uint8Array(32).fill(index)))
    assert.ok(encodeHaveQuestion({ digests, enclose: digests.length }).length < LIMITS.questionBytes)
  })

  test('is refused when its lists do not add up', () => {
    assert.equal(decodeHaveAnswer(spelled({}), 3).held[2]?.pieces?.size, 2)
    const ticket = new Uint8Array(8)
    const wrong: readonly Readonly<Record<string, unknown>>[] = [
      { held: Uint8Array.of(1, 0) }, { held: Uint8Array.of(1, 0, 2, 0) }, { held: Uint8Array.of(1, 0, 3) }, { held: [1, 0, 2] },
      { held: Uint8Array.of(1, 0, 1) }, { held: Uint8Array.of(0, 0, 2) }, { held: Uint8Array.of(2, 0, 2) },
      { sizes: [7] }, { sizes: [7, 3 * LIMITS.pieceBytes, 1] }, { sizes: [7, -1] }, { sizes: [7, SIZE_MAX + 1] }, { sizes: [7, 9 * LIMITS.pieceBytes] },
      { parts: [] }, { parts: [Uint8Array.of(0xa0), Uint8Array.of(0xa0)] }, { parts: [Uint8Array.of(0xa1)] }, { parts: [Uint8Array.of(0xa0, 0)] },
      { parts: [Uint8Array.of(0)] }, { parts: [Uint8Array.of(0b1110_0000)] }, { parts: [new Uint8Array(513)] },
      { bulk: 4002 }, { bulk: { port: 1, ticket } }, { bulk: { port: 0, ticket, ms: 1 } }, { bulk: { port: 65_536, ticket, ms: 1 } },
      { bulk: { port: 1, ticket: new Uint8Array(65), ms: 1 } }, { bulk: { port: 1, ticket: new Uint8Array(0), ms: 1 } }, { bulk: { port: 1, ticket, ms: 0 } },
      { bulk: { port: 1, ticket, ms: 86_400_001 } }, { bulk: { port: 1, ticket, ms: 1, host: '10.0.0.1' } }, { extra: 1 },
      { enclosed: [Uint8Array.of(1)] }, { enclosed: null }, { held: Uint8Array.of(3, 0, 2), enclosed: [new Uint8Array(7)] },
    ]
    for (const change of wrong) assert.throws(() => decodeHaveAnswer(spelled(change), 3), refused, JSON.stringify(change))
  })

  test('encloses only what was asked for, each with the size that it names', () => {
    const given = { held: Uint8Array.of(3, 0, 2), enclosed: [new Uint8Array(7)] }
    const enclosing = (change: Readonly<Record<string, unknown>>): Uint8Array => spelled({ ...given, ...change })
    assert.equal(decodeHaveAnswer(enclosing({}), 3, 1).enclosed?.get(0)?.length, 7)
    const wrong: readonly Readonly<Record<string, unknown>>[] = [
      { enclosed: [] }, { enclosed: [new Uint8Array(6)] }, { enclosed: [new Uint8Array(7), new Uint8Array(1)] }, { held: Uint8Array.of(1, 0, 2) },
      { held: Uint8Array.of(0, 3, 2) }, { held: Uint8Array.of(4, 0, 2) }, { sizes: [0, 3 * LIMITS.pieceBytes], enclosed: [new Uint8Array(0)] },
      { sizes: [LIMITS.enclosedBlobBytes + 1, 3 * LIMITS.pieceBytes], enclosed: [new Uint8Array(LIMITS.enclosedBlobBytes + 1)] },
    ]
    for (const change of wrong) assert.throws(() => decodeHaveAnswer(enclosing(change), 3, 1), refused, JSON.stringify(change))
  })

  test('is refused with a typed error when bits flip or bytes are random', () => {
    const typed = (bytes: Uint8Array, count: number): void => {
      try {
        decodeHaveAnswer(bytes, count, Math.min(ENCLOSE, count))
      } catch (error) {
        assert.ok(error instanceof GgenError && error.code === 'frame-invalid', String(error))
      }
    }
    fc.assert(
      fc.property(answer, fc.nat(), fc.integer({ min: 1, max: 255 }), (value, at, mask) => {
        const broken = Uint8Array.from(encodeHaveAnswer(value))
        const index = at % broken.length
        broken[index] = (broken[index] ?? 0) ^ mask
        typed(broken, value.held.length)
      }),
      { numRuns: 500 },
    )
    fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(5), typed), { numRuns: 300 })
  })
})
