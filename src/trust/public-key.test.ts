import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { publicKeyBytes, publicKeyOfPoint, readMultikey } from './public-key.ts'

const point = fc.uint8Array({ minLength: 32, maxLength: 32 })
/** Keys whose first bytes are the same, and which therefore take each other's place where keys are remembered. */
const rival = point.map((bytes) => Uint8Array.of(7, 7, ...bytes.subarray(2)))
const multikey = fc.oneof(point, rival).map((bytes) => Uint8Array.of(0xed, 0x01, ...bytes))
const anything = fc.oneof(multikey, multikey.map((bytes) => bytes.with(0, 0xee)), fc.uint8Array({ maxLength: 40 }))

test('what a key is read as does not depend on what was read before', () => {
  fc.assert(fc.property(fc.array(anything, { maxLength: 20 }), fc.infiniteStream(fc.nat(19)), (keys, order) => {
    const expected = keys.map((bytes) => (bytes.length === 34 && bytes[0] === 0xed && bytes[1] === 0x01 ? Buffer.from(bytes).toString('hex') : undefined))
    for (const at of order.take(60)) {
      const [bytes, text] = [keys[at], expected[at]]
      if (bytes === undefined) continue
      const read = readMultikey(bytes)
      // Points that are no keys are refused each time; they are so few that chance does not meet them.
      assert.equal(read, text)
    }
  }))
})

test('bytes that are changed after they were read are other bytes', () => {
  const bytes = publicKeyBytes(publicKeyOfPoint(new Uint8Array(32).fill(9)))
  const text = readMultikey(bytes)
  bytes[20] = 8
  assert.notEqual(readMultikey(bytes), text)
  bytes[20] = 9
  assert.equal(readMultikey(bytes), text)
})

test('points of small order and those beyond the field are no keys, also when they are read again', () => {
  for (const hex of [`ed01${'00'.repeat(32)}`, `ed01${'ff'.repeat(31)}7f`, `ed01ee${'ff'.repeat(30)}7f`]) {
    for (let time = 0; time < 2; time += 1) assert.equal(readMultikey(Buffer.from(hex, 'hex')), undefined, hex)
  }
})
