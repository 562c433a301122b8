import assert from 'node:assert/strict'
import { createPrivateKey, createPublicKey, sign } from 'node:crypto'
import type { PublicKey } from '#core'
import { publicKeyOfPoint } from './public-key.ts'

/** A key that can sign. The secret stays inside. */
export interface KeyPair {
  readonly publicKey: PublicKey
  /** 64 bytes; deterministic Ed25519, the same message gives the same signature. */
  sign(message: Uint8Array): Uint8Array
}

const SEED_BYTES = 32
const PKCS8_HEAD = Buffer.from('302e020100300506032b657004220420', 'hex')

/** The Ed25519 key pair of a 32-byte seed. Any other length is a bug of the caller. */
export const keyPairFromSeed = (seed: Uint8Array): KeyPair => {
  assert.equal(seed.length, SEED_BYTES, 'an Ed25519 seed has 32 bytes')
  const secret = createPrivateKey({ key: Buffer.concat([PKCS8_HEAD, seed]), format: 'der', type: 'pkcs8' })
  const point = createPublicKey(secret).export({ format: 'der', type: 'spki' }).subarray(-SEED_BYTES)
  return { publicKey: publicKeyOfPoint(point), sign: (message) => Uint8Array.from(sign(null, message, secret)) }
}
