import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { CID } from 'multiformats/cid'
import { create } from 'multiformats/hashes/digest'
import type { OpId } from '#core'
import { addToFingerprint, EMPTY_FINGERPRINT } from './set-fingerprint.ts'

const idOf = (digest: Uint8Array): OpId => CID.createV1(0x71, create(0x12, digest)).toString() as OpId
const hex = (value: bigint): string => value.toString(16).padStart(64, '0')
const digest = fc.uint8Array({ minLength: 32, maxLength: 32 })

test('one op has its digest as fingerprint', () => {
  fc.assert(fc.property(digest, (bytes) => assert.equal(addToFingerprint(EMPTY_FINGERPRINT, idOf(bytes)), Buffer.from(bytes).toString('hex'))))
})

test('the sum wraps around at 2^256', () => {
  const most = new Uint8Array(32).fill(0xff)
  assert.equal(addToFingerprint(hex(1n), idOf(most)), EMPTY_FINGERPRINT)
  assert.equal(addToFingerprint(hex(5n), idOf(most)), hex(4n))
})

test('the order does not matter', () => {
  fc.assert(fc.property(fc.array(digest), (digests) => {
    const sum = (order: readonly Uint8Array[]): string => order.reduce((fingerprint, bytes) => addToFingerprint(fingerprint, idOf(bytes)), EMPTY_FINGERPRINT)
    assert.equal(sum(digests), sum(digests.toReversed()))
  }))
})
