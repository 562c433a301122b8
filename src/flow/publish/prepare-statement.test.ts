import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type ChainOp, type GenesisOp, LIMITS, parsePackageName, parseVersion, type StatusStatement } from '#core'
import { memoryTrustStore } from '#store'
import { createIdentity, keyPairFromSeed, openOp, signPayload, viewIdentity, viewPackage } from '#trust'
import { Publisher, seeded, TEST_EPOCH } from '#testing'
import { assertMayName, prepareRoles, prepareStatus } from './prepare-statement.ts'

const ada = new Publisher('ada')
const genesis = openOp(ada.genesis) as GenesisOp
const identity = viewIdentity(ada.identity, [genesis])
assert(identity !== undefined)
const release = ada.release('tool', '1.0.0')
const { name } = release.body
const known = viewPackage(identity, name, [release])
const situation = { identity, feed: ada.feed, known, now: TEST_EPOCH * 1000, notBefore: release.at }
const yank: StatusStatement = { type: 'status', name, version: parseVersion('1.0.0'), state: 'yanked', why: 'broken' }

test('A word about a version continues the feed, and holds once it is signed', () => {
  const op = openOp(ada.sign(prepareStatus(memoryTrustStore(), situation, yank).payload))
  assert(op.type === 'status')
  assert.deepEqual([op.seq, op.prev, op.body.why], [1, release.id, 'broken'])
  assert.equal(viewPackage(identity, name, [release, op]).releases.get(parseVersion('1.0.0'))?.standing, 'yanked')
})

test('Nobody speaks of what is not there, or with a key that may not', () => {
  const trust = memoryTrustStore()
  assert.throws(() => prepareStatus(trust, situation, { ...yank, version: parseVersion('2.0.0') }), { code: 'version-not-found' })
  assert.throws(() => prepareStatus(trust, { ...situation, known: viewPackage(identity, name, []) }, yank), { code: 'package-not-found' })
  assert.throws(() => prepareStatus(trust, { ...situation, feed: new Publisher('bob').feed }, yank), { code: 'denied' })
  assert.throws(() => assertMayName(identity, new Publisher('bob').feed, { name, now: 0 }), { code: 'denied' })
  assert.deepEqual(trust.intents(), [])
})

test('Roles are changed by an op that the root signs, and whoever is taken out is revoked with what it signed until then', () => {
  const { root } = createIdentity(seeded('ada'), TEST_EPOCH)
  const next = keyPairFromSeed(new Uint8Array(32).fill(9)).publicKey
  const change = { add: [{ key: next, names: ['*'] }], revoke: [{ key: ada.feed, notMine: [] }], domains: ['ggen.example'] }
  const trust = memoryTrustStore()
  const { intent, payload } = prepareRoles(trust, { identity, packages: [known], now: 0, notBefore: genesis.at }, change)
  assert.deepEqual(trust.intent(intent)?.name, undefined)
  const op = openOp(signPayload(payload, [keyPairFromSeed(root)])) as ChainOp
  const after = viewIdentity(ada.identity, [genesis, op])
  assert.deepEqual(after?.roles.release.map(({ key }) => key), [next])
  assert.equal(after.revoked.get(ada.feed)?.get(parsePackageName('tool')), release.id)
})

test('Roles are not changed any more when their chain is as long as one may be, and nothing is journalled', () => {
  const trust = memoryTrustStore()
  const change = { domains: ['ggen.example'] }
  const atSeq = (seq: number) => prepareRoles(trust, { identity: { ...identity, seq }, packages: [known], now: 0, notBefore: genesis.at }, change)
  assert.equal(trust.intent(atSeq(LIMITS.rolesOps - 1).intent)?.seq, LIMITS.rolesOps)
  assert.throws(() => atSeq(LIMITS.rolesOps), { code: 'denied', hint: 'go on with a new identity: ggen id create' })
  assert.deepEqual(trust.intents().map(({ seq }) => seq), [LIMITS.rolesOps])
})
