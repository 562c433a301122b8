import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import test from 'node:test'
import { GgenError, isGgenError, type Random } from '#core'
import { createIdentity } from './create-identity.ts'
import { keyPairFromSeed } from './key-pair.ts'
import { openOp } from './open-op.ts'
import { recoverySeed, wordsOfEntropy } from './recovery-words.ts'
import { viewIdentity } from './view-identity.ts'

/** The same numbers every time. */
const countingRandom = (): Random => {
  let calls = 0
  return {
    bytes: (count) => {
      calls += 1
      return Uint8Array.from(createHash('sha512').update(`random ${calls}`).digest()).subarray(0, count)
    },
    fraction: () => 0,
  }
}

test('the words are those of BIP-39 and derive one seed, for ever', () => {
  const words = wordsOfEntropy(new Uint8Array(32).fill(0x7f))
  assert.equal(words, `${'legal winner thank year wave sausage worth useful '.repeat(2)}legal winner thank year wave sausage worth title`)
  assert.equal(Buffer.from(recoverySeed(words)).toString('hex'), 'af2ddb5fc78f8ae254b683caa040c8b79503c7fbab682e5a548916d0b90fbc88')
  assert.notDeepEqual(recoverySeed(words), recoverySeed(wordsOfEntropy(new Uint8Array(32))))
})

test('case and spacing of the words do not matter', () => {
  const words = wordsOfEntropy(new Uint8Array(32).fill(5))
  assert.deepEqual(recoverySeed(`\n ${words.toUpperCase().replaceAll(' ', ' \t')}  `), recoverySeed(words))
})

test('wrong words are refused with a hint', () => {
  const words = wordsOfEntropy(new Uint8Array(32)).split(' ')
  const wrong = [
    '', 'abandon', words.slice(1).join(' '), [...words, 'abandon'].join(' '), words.with(0, 'zoo').join(' '), words.with(0, 'ggen').join(' '),
    words.toReversed().join(' '), 'abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about', words.join(''),
  ]
  for (const text of wrong) {
    assert.throws(() => recoverySeed(text), (error) => isGgenError(error, 'usage') && error.hint.includes('24') && !error.message.includes('abandon'))
  }
})

test('a new identity has a genesis that its root signed and that names all three keys', () => {
  const made = createIdentity(countingRandom(), 1_763_683_200, { label: 'laptop' })
  const op = openOp(made.genesis)
  assert(op.type === 'genesis')
  const [root, release, recovery] = [made.root, made.release, recoverySeed(made.recoveryWords)].map((seed) => keyPairFromSeed(seed).publicKey)
  assert.equal(op.id, made.identity)
  assert.equal(op.at, 1_763_683_200)
  assert.deepEqual(op.signers, new Set([root]))
  const { nonce, ...roles } = op.body
  assert.equal(nonce.length, 16)
  assert.deepEqual(roles, {
    root: { keys: [root], need: 1 }, recovery: { keys: [recovery], need: 1 }, release: [{ key: release, names: ['*'], label: 'laptop' }], need: 1,
  })
  assert.equal(viewIdentity(made.identity, [op])?.seq, 0)
  assert.equal(new Set([root, release, recovery]).size, 3)
})

test('the same randomness gives the same identity, other randomness another', () => {
  const random = countingRandom()
  assert.deepEqual(createIdentity(random, 1), createIdentity(countingRandom(), 1))
  assert.notEqual(createIdentity(random, 1).identity, createIdentity(countingRandom(), 1).identity)
})

test('a label that would forge a terminal is refused', () => {
  for (const label of ['\u001B[31m', 'l'.repeat(33)]) assert.throws(() => createIdentity(countingRandom(), 1, { label }), GgenError)
})
