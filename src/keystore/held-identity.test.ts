import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isGgenError, type PublicKey } from '#core'
import { createIdentity, keyPairFromSeed } from '#trust'
import { Publisher, seeded, TEST_EPOCH } from '#testing'
import { describeKeys, releaseKeyOf, viewHeld } from './held-identity.ts'
import type { HeldKey, IdentityFile } from './identity-file.ts'
import { nextRoles, pairOf } from './keys-scene.conformance.ts'

const BORN = createIdentity(seeded('ada'), TEST_EPOCH, { label: 'laptop' })
const [ROOT, RELEASE] = [keyPairFromSeed(BORN.root), keyPairFromSeed(BORN.release)]
const NOW = TEST_EPOCH + 100

const keyOf = (publicKey: PublicKey, more: Partial<HeldKey> = {}): HeldKey => ({ publicKey, role: 'release', secret: new Uint8Array(32), ...more })

const fileOf = (chain: readonly Uint8Array[], ...keys: readonly HeldKey[]): IdentityFile =>
  ({ identity: BORN.identity, createdAt: 1, chain, protection: { kind: 'none' }, keys })

const ROOT_KEY = keyOf(ROOT.publicKey, { role: 'root' })
const isBroken = (error: unknown): boolean => isGgenError(error, 'store-broken')
const isMissing = (words: RegExp) => (error: unknown): boolean => isGgenError(error, 'key-missing') && words.test(error.message)

test('a new identity has one key for each role, and publishes with the one that is held', () => {
  const held = viewHeld(fileOf([BORN.genesis], ROOT_KEY, keyOf(RELEASE.publicKey)))
  const [recovery] = held.view.roles.recovery.keys
  assert.deepEqual(describeKeys(held, NOW), [
    { publicKey: ROOT.publicKey, role: 'root', standing: 'valid', held: true },
    { publicKey: recovery, role: 'recovery', standing: 'valid', held: false },
    { publicKey: RELEASE.publicKey, role: 'release', names: ['*'], label: 'laptop', standing: 'valid', held: true },
  ])
  assert.equal(releaseKeyOf(held, NOW), RELEASE.publicKey)
})

test('a key signs until its last second, never after it was revoked, and never before the chain names it', () => {
  const [short, next] = [pairOf('short'), pairOf('next')]
  const keys = [{ key: short.publicKey, names: ['*'], expires: NOW }]
  const chain = [BORN.genesis, nextRoles([BORN.genesis], { release: keys, revoke: [RELEASE.publicKey], signers: [ROOT] })]
  const held = viewHeld(fileOf(chain, keyOf(RELEASE.publicKey), keyOf(short.publicKey), keyOf(next.publicKey, { label: 'next' })))
  const standings = (now: number): unknown => describeKeys(held, now).slice(2).map(({ publicKey, standing, label }) => ({ publicKey, standing, label }))
  const rest = [
    { publicKey: RELEASE.publicKey, standing: 'revoked', label: undefined }, { publicKey: next.publicKey, standing: 'unnamed', label: 'next' },
  ]
  assert.deepEqual(standings(NOW), [{ publicKey: short.publicKey, standing: 'valid', label: undefined }, ...rest])
  assert.deepEqual(standings(NOW + 1), [{ publicKey: short.publicKey, standing: 'expired', label: undefined }, ...rest])
  assert.equal(releaseKeyOf(held, NOW), short.publicKey)
  assert.throws(() => releaseKeyOf(held, NOW + 1), isMissing(/has expired, another was revoked, another is not named/))
})

test('a key that is held for another role than the chain says is not the key of that role', () => {
  const held = viewHeld(fileOf([BORN.genesis], keyOf(ROOT.publicKey)))
  assert.deepEqual(describeKeys(held, NOW).map(({ role, standing, held: isHeld }) => [role, standing, isHeld]), [
    ['root', 'valid', false], ['recovery', 'valid', false], ['release', 'valid', false], ['release', 'unnamed', true],
  ])
  assert.throws(() => releaseKeyOf(held, NOW), isMissing(/is not named/))
  assert.throws(() => releaseKeyOf(viewHeld(fileOf([BORN.genesis], ROOT_KEY)), NOW), isMissing(/no release key/))
})

test('a chain that is not one line from the identity on is refused', () => {
  const stranger = new Publisher('stranger')
  const other = createIdentity(seeded('bob'), TEST_EPOCH)
  const second = nextRoles([BORN.genesis], { release: [], signers: [ROOT] })
  const fork = nextRoles([BORN.genesis], { root: pairOf('x').publicKey, signers: [ROOT, pairOf('x')] })
  const unauthorised = nextRoles([BORN.genesis], { release: [], signers: [pairOf('thief')] })
  const chains = [
    [other.genesis], [BORN.genesis, other.genesis], [BORN.genesis, Uint8Array.of(1)], [BORN.genesis, stranger.release('a', '1.0.0').bytes], [second],
    [second, BORN.genesis], [BORN.genesis, second, fork], [BORN.genesis, unauthorised], [BORN.genesis, second, second],
    [Buffer.from(BORN.genesis).fill(0, 20, 21)],
  ]
  for (const chain of chains) assert.throws(() => viewHeld(fileOf(chain, ROOT_KEY)), isBroken)
  assert.equal(viewHeld(fileOf([BORN.genesis, second], ROOT_KEY)).view.seq, 1)
})
