import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { isGgenError } from '#core'
import { base64, damaged, parseJson, readBase64, readFields, readItems } from './strict-json.ts'

const broken = (read: () => unknown): void => assert.throws(read, (error) => isGgenError(error, 'store-broken') && error.message.includes('the part'))

test('bytes have one base64 spelling, and at least one byte', () => {
  fc.assert(fc.property(fc.uint8Array({ minLength: 1, maxLength: 100 }), (bytes) => assert.deepEqual(readBase64(base64(bytes), 'the part', 100), bytes)))
  for (const text of ['', 'AA', 'AA==\n', 'AB==', '-_==', 7, undefined, base64(new Uint8Array(101))]) broken(() => readBase64(text, 'the part', 100))
})

test('an object has exactly the fields that are named, in any order', () => {
  assert.deepEqual(readFields({ b: 1, a: 2 }, 'the part', ['a', 'b']), { b: 1, a: 2 })
  for (const value of [{ a: 1 }, { a: 1, b: 2, c: 3 }, { a: 1, c: 2 }, [], null, 'x', undefined]) broken(() => readFields(value, 'the part', ['a', 'b']))
})

test('a list has items, and not too many', () => {
  assert.deepEqual(readItems([1, 2], 'the part', 2), [1, 2])
  for (const value of [[], [1, 2, 3], {}, 'x', null]) broken(() => readItems(value, 'the part', 2))
})

test('what is no JSON is a coded error that does not quote it', () => {
  assert.deepEqual(parseJson(Buffer.from('{"a":1}')), { a: 1 })
  for (const bytes of [Buffer.from('secret'), Buffer.of(0xff)]) {
    assert.throws(() => parseJson(bytes), (error) => isGgenError(error, 'store-broken') && !String(error.cause).includes('secret'))
  }
  assert.match(damaged('x').message, /its x is wrong/)
})
