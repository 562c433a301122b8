import assert from 'node:assert/strict'
import { test } from 'node:test'
import { encode } from '@ipld/dag-cbor'
import { asBoolean, asBytes, asList, asMap, asOpId, asText, asUint, decodeMessage } from './fields.ts'

const refused = { code: 'frame-invalid' }

test('a map that looks like a link to a careless reader is refused with a typed error', () => {
  assert.throws(() => decodeMessage(Uint8Array.from(Buffer.from('a2612ff5656279746573f5', 'hex')), ['q']), refused)
  assert.throws(() => asOpId({ '/': true, bytes: true }), refused)
  assert.throws(() => asOpId({ version: 1, code: 0x71, multihash: {} }), refused)
})

test('a map has exactly the keys that are known', () => {
  assert.deepEqual(asMap({ a: 1 }, ['a'], ['b']), { a: 1 })
  for (const value of [{ b: 1 }, { a: 1, c: 2 }, [], null, 'a', new Uint8Array(1)]) assert.throws(() => asMap(value, ['a'], ['b']), refused)
  assert.throws(() => decodeMessage(encode({ a: 1, toString: 2 }), ['a']), refused)
})

test('values outside their bounds are refused', () => {
  assert.throws(() => asUint(-1, 5), refused)
  assert.throws(() => asUint(6, 5), refused)
  assert.throws(() => asUint(1.5, 5), refused)
  assert.throws(() => asText('abc', 2), refused)
  assert.throws(() => asBoolean(0), refused)
  assert.throws(() => asBytes(new Uint8Array(3), 4, 5), refused)
  assert.throws(() => asBytes('abcd', 4, 5), refused)
  assert.throws(() => asList([1, 2, 3], 2, (value) => value), refused)
})
