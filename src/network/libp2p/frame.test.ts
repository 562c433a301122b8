import { GgenError, LIMITS } from '#core'
import fc from 'fast-check'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { hasCode } from '../network-lab.conformance.ts'
import { ANSWER, answerHeader, encodeLength, FrameReader, openAnswer, questionHeader } from './frame.ts'

const MAX = 300_000

const read = (chunks: readonly Uint8Array[], maxBytes = MAX): Uint8Array => {
  const reader = new FrameReader(maxBytes)
  for (const chunk of chunks) reader.push(chunk)
  return reader.finish()
}

const frameOf = (payload: Uint8Array): Uint8Array => Buffer.concat([encodeLength(payload.length), payload])

/** Cuts bytes at the given places. */
const cut = (bytes: Uint8Array, places: readonly number[]): Uint8Array[] => {
  const sorted = [0, ...places.map((place) => place % (bytes.length + 1)).sort((a, b) => a - b), bytes.length]
  return sorted.slice(1).map((end, index) => bytes.subarray(sorted[index], end))
}

test('A length takes the shortest LEB128 form', () => {
  assert.deepEqual([...encodeLength(0)], [0])
  assert.deepEqual([...encodeLength(127)], [127])
  assert.deepEqual([...encodeLength(128)], [0x80, 1])
  assert.deepEqual([...encodeLength(LIMITS.messageBytes + 1)].length, 3)
})

test('A frame is the same however it is cut into chunks', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 20_000 }), fc.array(fc.nat(), { maxLength: 20 }), (payload, places) => {
      assert.deepEqual(Buffer.from(read(cut(frameOf(payload), places))), Buffer.from(payload))
    }),
  )
})

test('A frame that is cut short, or has anything behind it, is refused', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 500 }), fc.nat(), (payload, at) => {
      const frame = frameOf(payload)
      assert.throws(() => read([frame.subarray(0, at % frame.length)]), hasCode('frame-invalid'))
      assert.throws(() => read([frame, Uint8Array.of(0)]), hasCode('frame-invalid'))
      assert.throws(() => read([Buffer.concat([frame, payload])]), hasCode('frame-invalid'))
    }),
  )
})

test('Lengths that are too large, too long or not in their shortest form are refused before a byte of the frame is kept', () => {
  const odd = [[0xff, 0xff, 0x7f], [0x80, 0x00], [0xff, 0x80, 0x00], [0x80, 0x80, 0x80, 0x01], [0xff, 0xff, 0xff, 0xff, 0x0f], [...encodeLength(MAX + 1)]]
  for (const prefix of odd) {
    assert.throws(() => read([Uint8Array.from(prefix)]), hasCode('frame-invalid'), prefix.join())
  }
  assert.equal(read([frameOf(new Uint8Array(MAX))]).length, MAX)
})

test('Random bytes give a frame or the one typed error', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 10 }), (chunks) => {
      try {
        read(chunks, 64)
      } catch (error) {
        assert(error instanceof GgenError && error.code === 'frame-invalid')
      }
    }),
    { numRuns: 10_000 },
  )
})

test('Frames with flipped bits give a frame or the one typed error', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), fc.array(fc.nat(), { minLength: 1, maxLength: 4 }), (payload, flips) => {
      const frame = Uint8Array.from(frameOf(payload))
      for (const flip of flips) frame[flip % frame.length] = (frame[flip % frame.length] ?? 0) ^ (1 << (flip % 8))
      try {
        read([frame], 256)
      } catch (error) {
        assert(error instanceof GgenError && error.code === 'frame-invalid')
      }
    }),
    { numRuns: 10_000 },
  )
})

test('A promise of many bytes takes no memory until they come', () => {
  const before = process.memoryUsage().arrayBuffers
  const readers = Array.from({ length: 1000 }, () => {
    const reader = new FrameReader(LIMITS.messageBytes)
    reader.push(encodeLength(LIMITS.messageBytes))
    reader.push(Uint8Array.of(1))
    return reader
  })
  assert(process.memoryUsage().arrayBuffers - before < 16 * 1024 * 1024)
  assert(readers.every((reader) => !reader.isComplete))
})

test('Questions and answers have their limits', () => {
  assert.equal(questionHeader(new Uint8Array(LIMITS.questionBytes)).length, 3)
  assert.throws(() => questionHeader(new Uint8Array(LIMITS.questionBytes + 1)), hasCode('frame-invalid'))
  assert.deepEqual([...answerHeader(ANSWER.ok, new Uint8Array(5))], [6, 0])
  assert.throws(() => answerHeader(ANSWER.ok, new Uint8Array(LIMITS.messageBytes + 1)), hasCode('frame-invalid'))
})

test('The status says what became of the question', () => {
  assert.deepEqual([...openAnswer(Uint8Array.of(0, 7, 8))], [7, 8])
  assert.deepEqual([...openAnswer(Uint8Array.of(0))], [])
  assert.throws(() => openAnswer(Uint8Array.of(1)), hasCode('too-busy'))
  assert.throws(() => openAnswer(Uint8Array.of(2)), hasCode('frame-invalid'))
  for (const odd of [[], [3], [255, 1], [1, 0], [2, 0]]) assert.throws(() => openAnswer(Uint8Array.from(odd)), hasCode('frame-invalid'), odd.join())
})
