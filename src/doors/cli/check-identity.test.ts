import assert from 'node:assert/strict'
import { test } from 'node:test'
import { GgenError, type IdentityId, type PublicKey } from '#core'
import type { DescribedKey } from '#keystore'
import { checkIdentity, type IdentityFacts } from './check-identity.ts'

const release: DescribedKey = { publicKey: `ed01${'0'.repeat(64)}` as PublicKey, role: 'release', standing: 'valid', held: true }
const held = (change: Partial<IdentityFacts & { state: 'held' }> = {}): IdentityFacts =>
  ({ state: 'held', identity: `bafyrei${'a'.repeat(52)}` as IdentityId, protection: 'passphrase', keys: [release], ...change })
const stateOf = (facts: IdentityFacts): string | undefined => checkIdentity(facts)[0]?.state

test('keys that are encrypted are right, those in the clear could be better', () => {
  assert.deepEqual([stateOf(held()), stateOf(held({ protection: 'keyring' })), stateOf({ state: 'absent' })], ['ok', 'ok', 'ok'])
  assert.deepEqual([stateOf(held({ protection: 'none' })), checkIdentity(held({ protection: 'none' }))[0]?.advice], ['warn', 'ggen id protect'])
})

test('a machine whose keys may not sign now could be better', () => {
  for (const keys of [[], [{ ...release, held: false }], [{ ...release, standing: 'expired' as const }], [{ ...release, role: 'root' as const }]]) {
    assert.equal(stateOf(held({ keys })), 'warn')
  }
})

test('keys that cannot be used are wrong', () => {
  const error = new GgenError('home-insecure', 'keys/identity.json is open to other users', { hint: 'close it' })
  assert.deepEqual(checkIdentity({ state: 'broken', error }), [
    { check: 'identity', state: 'fail', finding: 'keys/identity.json is open to other users', advice: 'close it' },
  ])
})
