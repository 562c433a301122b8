import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { GenesisOp } from '#core'
import { createIdentity, keyPairFromSeed, openOp, viewIdentity } from '#trust'
import { Publisher, seeded, TEST_EPOCH } from '#testing'
import { ageOf, isUrgent } from './cool-down.ts'

const HOUR = 3_600_000
const ada = new Publisher('ada')
const release = ada.release('tool', '1.0.0', { at: TEST_EPOCH })
const now = TEST_EPOCH * 1000 + 30 * HOUR

test('A release is as old as its date says, where nothing else is known', () => {
  assert.equal(ageOf(release, { now, lastWithout: undefined }), 30 * HOUR)
})

test('A release that was dated back is no older than the moment at which it was not there', () => {
  assert.equal(ageOf(release, { now, lastWithout: now - HOUR }), HOUR)
  assert.equal(ageOf(release, { now, lastWithout: now - 300 * HOUR }), 30 * HOUR, 'and one that was missing longer ago is as old as its date')
})

test('No age is negative, whatever the clocks say', () => {
  assert.equal(ageOf(release, { now: 0, lastWithout: undefined }), 0)
  assert.equal(ageOf(release, { now, lastWithout: now + HOUR }), 0)
})

test('A release is urgent when the root role signed it too', () => {
  const identity = viewIdentity(ada.identity, [openOp(ada.genesis) as GenesisOp])
  assert(identity !== undefined)
  assert.equal(isUrgent(release, identity), false)
  const root = keyPairFromSeed(createIdentity(seeded('ada'), TEST_EPOCH).root)
  assert.equal(isUrgent({ ...release, signers: new Set([...release.signers, root.publicKey]) }, identity), true)
})
