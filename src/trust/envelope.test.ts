import assert from 'node:assert/strict'
import test from 'node:test'
import { encode } from '@ipld/dag-cbor'
import { isGgenError, LIMITS, type PublicKey } from '#core'
import { envelopeBytes, readEnvelope, sealEnvelope, type Signature, signatureCapacity, signPayload } from './envelope.ts'
import { keyPairFromSeed } from './key-pair.ts'
import { signingBytes } from './signing-bytes.ts'
import { isSignedBy } from './verify-signature.ts'

const keys = Array.from({ length: 17 }, (_, n) => keyPairFromSeed(new Uint8Array(32).fill(n)))
const payload = encode({ any: 'thing' })
const signatureOf = (key: PublicKey | undefined): Signature => ({ key: key as PublicKey, signature: new Uint8Array(64) })

test('keys sign the type and the length with the payload', () => {
  const text = Buffer.from(signingBytes(Buffer.from('abc'))).toString()
  assert.equal(text, 'DSSEv1 35 application/vnd.ggen.op.v1+dag-cbor 3 abc')
})

test('a sealed envelope comes apart again, its signatures in the order of their keys', () => {
  const envelope = signPayload(payload, keys.slice(0, 5))
  const { payload: inside, signatures } = readEnvelope(envelope)
  assert.deepEqual(inside, payload)
  assert.deepEqual(signatures.map(({ key }) => key), keys.slice(0, 5).map(({ publicKey }) => publicKey).sort())
  for (const { key, signature } of signatures) assert(isSignedBy(key, signingBytes(payload), signature))
  assert.deepEqual(signPayload(payload, keys.slice(0, 5).reverse()), envelope)
})

test('there are one to sixteen signatures of different keys, 64 bytes each', () => {
  for (const signers of [[], keys, [keys[0], keys[0]]]) {
    const signatures = signers.map((key) => signatureOf(key?.publicKey))
    assert.throws(() => sealEnvelope(payload, signatures), (error) => isGgenError(error, 'op-invalid') && error.details['reason'] === 'envelope')
  }
  const short = { ...signatureOf(keys[0]?.publicKey), signature: new Uint8Array(63) }
  assert.throws(() => sealEnvelope(payload, [short]), (error) => isGgenError(error, 'op-invalid'))
  assert.equal(readEnvelope(sealEnvelope(payload, keys.slice(1).map(({ publicKey }) => signatureOf(publicKey)))).signatures.length, 16)
})

test('the size of an envelope is known before it is sealed', () => {
  for (const length of [256, 1000, 16_000]) {
    for (const count of [1, 3]) {
      const sealed = sealEnvelope(new Uint8Array(length), keys.slice(0, count).map(({ publicKey }) => signatureOf(publicKey)))
      assert.equal(sealed.length, envelopeBytes(length, count))
    }
  }
  const largest = LIMITS.opBytes - envelopeBytes(0, 1)
  assert.equal(signatureCapacity(largest), 1)
  assert.equal(signatureCapacity(largest + 1), 0)
  assert.equal(signatureCapacity(100), 16)
  assert.equal(sealEnvelope(new Uint8Array(largest), [signatureOf(keys[0]?.publicKey)]).length, LIMITS.opBytes)
  assert.throws(() => sealEnvelope(new Uint8Array(largest + 1), [signatureOf(keys[0]?.publicKey)]), (error) => isGgenError(error, 'op-invalid'))
})
