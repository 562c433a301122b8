import assert from 'node:assert/strict'
import { AssertionError } from 'node:assert'
import test from 'node:test'
import fc from 'fast-check'
import type { PublicKey } from '#core'
import { keyPairFromSeed } from './key-pair.ts'
import { publicKeyBytes, publicKeyOfPoint, readMultikey } from './public-key.ts'
import { cachedKeyCount, isSignedBy } from './verify-signature.ts'

const bytes = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, 'hex'))

test('keys and signatures are those of RFC 8032', () => {
  const key = keyPairFromSeed(bytes('c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7'))
  assert.equal(key.publicKey, 'ed01fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025')
  const signature = key.sign(bytes('af82'))
  assert.equal(
    Buffer.from(signature).toString('hex'),
    '6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a',
  )
  assert(isSignedBy(key.publicKey, bytes('af82'), signature))
  assert(!isSignedBy(key.publicKey, bytes('af83'), signature))
})

test('a seed of another length is a bug of the caller', () => {
  for (const length of [0, 31, 33, 64]) assert.throws(() => keyPairFromSeed(new Uint8Array(length)), AssertionError)
})

test('the key of every seed is admissible and goes to bytes and back', () => {
  fc.assert(fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), (seed) => {
    const { publicKey } = keyPairFromSeed(seed)
    assert.equal(readMultikey(publicKeyBytes(publicKey)), publicKey)
    assert.equal(publicKeyOfPoint(publicKeyBytes(publicKey).subarray(2)), publicKey)
  }), { numRuns: 30 })
})

test('of the encodings that libraries disagree about none is a key', () => {
  const prime = 2n ** 255n - 19n
  const littleEndian = (y: bigint): Uint8Array => bytes(y.toString(16).padStart(64, '0')).reverse()
  const signs = [0n, 1n << 255n]
  const keyAt = (y: bigint): string | undefined => readMultikey(Uint8Array.from([0xed, 1, ...littleEndian(y)]))
  for (let y = prime; y < 2n ** 255n; y += 1n) for (const sign of signs) assert.equal(keyAt(y + sign), undefined)
  for (const y of [0n, 1n, prime - 1n]) for (const sign of signs) assert.equal(keyAt(y + sign), undefined)
  for (const y of [2n, 255n, prime - 2n]) for (const sign of signs) assert(keyAt(y + sign))
})

test('other algorithms and lengths are no keys', () => {
  const good = publicKeyBytes(keyPairFromSeed(new Uint8Array(32)).publicKey)
  assert(readMultikey(good))
  const p256 = Uint8Array.from([0x80, 0x24, ...good.subarray(2)])
  for (const bad of [good.subarray(1), good.subarray(0, 33), Uint8Array.from([...good, 0]), new Uint8Array(0), p256]) assert.equal(readMultikey(bad), undefined)
})

test('the memory of keys is bounded, however many keys sign', () => {
  const signature = new Uint8Array(64)
  for (let n = 0; n < 5000; n += 1) {
    const key = `ed01${n.toString(16).padStart(64, '0')}` as PublicKey
    assert(!isSignedBy(key, signature, signature))
  }
  assert.equal(cachedKeyCount(), 4096)
})
