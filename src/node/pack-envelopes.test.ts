import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { packed, unpacked } from './pack-envelopes.ts'

test('what was packed comes out again, in order', () => {
  fc.assert(fc.property(fc.array(fc.uint8Array({ maxLength: 20 }), { maxLength: 20 }), (envelopes) => {
    assert.deepEqual(unpacked(packed(envelopes)), envelopes)
  }))
})
