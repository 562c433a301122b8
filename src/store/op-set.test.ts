import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { AT_END, assertTime, boundBetween, compareBounds, FIRST_BOUND, LAST_BOUND, type OpBound } from './op-set.ts'

const at = fc.oneof(fc.integer({ min: 0, max: 2 }), fc.integer({ min: 0, max: AT_END - 1 }))
/** Hashes that often begin alike. */
const hash = fc.tuple(fc.nat({ max: 32 }), fc.uint8Array({ minLength: 32, maxLength: 32 }))
  .map(([shared, bytes]) => Uint8Array.from(bytes, (byte, place) => (place < shared ? 7 : byte)))
const place: fc.Arbitrary<OpBound> = fc.record({ at, hash }).map(({ at: time, hash: bytes }) => ({ at: time, hash: bytes }))
const inOrder = fc.tuple(place, place).filter(([a, b]) => compareBounds(a, b) !== 0)
  .map(([a, b]) => (compareBounds(a, b) < 0 ? { before: a, after: b } : { before: b, after: a }))

/** A number that orders places as the protocol says it: by time, then by the bytes, which a shorter hash fills up with nothing. */
const numberOf = (bound: OpBound): bigint => (BigInt(bound.at) << 256n) + BigInt(`0x${Buffer.from(bound.hash).toString('hex').padEnd(64, '0')}`)

test('places stand in the order of time, then of the bytes of the hash', () => {
  fc.assert(fc.property(place, place, (a, b) => {
    const [left, right] = [numberOf(a), numberOf(b)]
    assert.equal(Math.sign(compareBounds(a, b)), left < right ? -1 : Number(left > right))
    assert(compareBounds(FIRST_BOUND, a) < 0 && compareBounds(a, LAST_BOUND) < 0)
  }))
})

test('a place between two ops separates them, and no shorter one does', () => {
  fc.assert(fc.property(inOrder, ({ before, after }) => {
    const between = boundBetween(before, after)
    assert(compareBounds(before, between) < 0 && compareBounds(between, after) <= 0)
    if (between.hash.length === 0) return
    assert(compareBounds(before, { at: between.at, hash: between.hash.slice(0, -1) }) >= 0)
  }))
})

test('times are whole seconds that fit into five bytes', () => {
  for (const time of [0, 1, AT_END - 1]) assertTime(time)
  for (const time of [-1, 0.5, AT_END, Number.NaN, Infinity]) assert.throws(() => assertTime(time), { code: 'ERR_ASSERTION' })
})
