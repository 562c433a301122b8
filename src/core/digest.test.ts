import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { digestBytes, digestFromBytes, digestOf, Fingerprinter, parseDigest, sha512FromBytes } from './digest.ts'
import { isGgenError } from './errors.ts'

const EMPTY = 'sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'

test('a digest goes from text to bytes and back', () => {
  assert.equal(digestOf(new Uint8Array(0)), EMPTY)
  fc.assert(fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), (bytes) => {
    const digest = digestFromBytes(bytes)
    assert.equal(parseDigest(digest), digest)
    assert.deepEqual(digestBytes(digest), bytes)
  }))
})

test('everything else is no digest', () => {
  for (const text of ['', EMPTY.slice(7), EMPTY.toUpperCase(), `${EMPTY} `, `${EMPTY}\n`, EMPTY.slice(0, -1), `${EMPTY}0`, EMPTY.replace('256', '512')]) {
    assert.throws(() => parseDigest(text), (error) => isGgenError(error, 'digest-invalid'), JSON.stringify(text))
  }
  fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => assert.throws(() => parseDigest(text), (error) => isGgenError(error, 'digest-invalid'))))
})

test('bytes of another length are no digest', () => {
  for (const length of [0, 31, 33, 64]) assert.throws(() => digestFromBytes(new Uint8Array(length)), (error) => isGgenError(error, 'digest-invalid'))
  for (const length of [0, 32, 63, 65]) assert.throws(() => sha512FromBytes(new Uint8Array(length)), (error) => isGgenError(error, 'digest-invalid'))
  assert.equal(sha512FromBytes(new Uint8Array(64).fill(10)), '0a'.repeat(64))
})

test('bytes hash alike whole and in pieces', () => {
  fc.assert(fc.property(fc.array(fc.uint8Array({ maxLength: 50 }), { maxLength: 6 }), (pieces) => {
    const [whole, parts] = [new Fingerprinter(), new Fingerprinter()]
    for (const piece of pieces) parts.update(piece)
    const all = Buffer.concat(pieces)
    whole.update(all)
    assert.equal(parts.sizeBytes, all.length)
    const fingerprint = parts.finish()
    assert.deepEqual(fingerprint, whole.finish())
    assert.equal(fingerprint.digest, digestOf(all))
    assert.equal(fingerprint.sizeBytes, all.length)
    assert.match(fingerprint.sha512, /^[0-9a-f]{128}$/)
  }))
})
