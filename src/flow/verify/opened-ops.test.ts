import assert from 'node:assert/strict'
import { test } from 'node:test'
import { LIMITS } from '#core'
import { encodePayload, keyPairFromSeed, reopenOp, sealEnvelope } from '#trust'
import { Publisher } from '#testing'
import { OpenedOps } from './opened-ops.ts'

const alice = new Publisher('alice')
const { publicKey } = keyPairFromSeed(new Uint8Array(32))
const payload = encodePayload({
  type: 'genesis', at: 0, seq: 0,
  body: { root: { keys: [publicKey], need: 1 }, recovery: { keys: [], need: 0 }, release: [], need: 1, nonce: new Uint8Array(16) },
})
/** Envelopes of one payload that differ in their signature, which opening again does not check. */
const signedAs = (index: number): Uint8Array => {
  const signature = new Uint8Array(64)
  new DataView(signature.buffer).setUint32(60, index)
  return sealEnvelope(payload, [{ key: publicKey, signature }])
}

test('gives the op in the envelope, and the same one again', () => {
  const { reopen } = new OpenedOps()
  const { bytes } = alice.release('tool', '1.0.0')
  const op = reopen(bytes)
  assert.deepEqual(op, reopenOp(bytes))
  assert.equal(reopen(bytes.slice()), op)
  const padded = new Uint8Array(bytes.length + 20)
  padded.set(bytes, 7)
  assert.equal(reopen(padded.subarray(7, 7 + bytes.length)), op, 'also out of the middle of a larger buffer')
})

test('never gives an op for other bytes, also of the same op with other signatures', () => {
  const { reopen } = new OpenedOps()
  const [one, other] = [reopen(signedAs(1)), reopen(signedAs(2))]
  assert.equal(one.id, other.id)
  assert.deepEqual([one.bytes, other.bytes], [signedAs(1), signedAs(2)])
  const { bytes } = alice.release('tool', '1.1.0')
  reopen(bytes)
  assert.throws(() => reopen(bytes.slice(0, -1)), { code: 'op-invalid' })
  assert.throws(() => reopen(new Uint8Array([...bytes, 0])), { code: 'op-invalid' })
})

test('does not care what becomes of the bytes that it was given', () => {
  const { reopen } = new OpenedOps()
  const { bytes } = alice.release('tool', '1.2.0')
  const given = bytes.slice()
  const op = reopen(given)
  given.fill(0)
  assert.deepEqual([op.bytes, reopen(bytes)], [bytes, op])
})

test('remembers as many as are bounded, and those that were asked for last', () => {
  const { reopen } = new OpenedOps()
  const [first, second] = [reopen(signedAs(0)), reopen(signedAs(1))]
  for (let index = 2; index < LIMITS.openOps; index += 1) reopen(signedAs(index))
  assert.equal(reopen(signedAs(0)), first, 'all of them are there')
  reopen(signedAs(LIMITS.openOps))
  assert.equal(reopen(signedAs(0)), first)
  assert.notEqual(reopen(signedAs(1)), second, 'the one that was not asked for is gone')
})

test('does not open again what it was told of', () => {
  const opened = new OpenedOps()
  const op = alice.release('tool', '1.3.0')
  opened.remember(op)
  assert.equal(opened.reopen(op.bytes), op)
})

test('lets go the ops of feeds, and only them', () => {
  const opened = new OpenedOps()
  const [chain, feed] = [opened.reopen(alice.genesis), opened.reopen(alice.release('tool', '1.4.0').bytes)]
  assert.equal(opened.reopen(feed.bytes), feed)
  opened.forgetMany()
  assert.notEqual(opened.reopen(feed.bytes), feed)
  assert.equal(opened.reopen(chain.bytes), chain)
})
