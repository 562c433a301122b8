import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CHAIN, isName, placeOf } from './memory-places.ts'
import { sampleEndorse, sampleGenesis, sampleIdentity, sampleRelease } from './sample-ops.conformance.ts'

test('Ops of the chain, of packages and about others are kept apart, and only packages are names', () => {
  const release = sampleRelease()
  const places = [sampleGenesis('alice'), release, sampleEndorse('bob')].map(placeOf)
  assert.deepEqual(places, [CHAIN, release.body.name, `!${sampleIdentity('bob')}`])
  assert.deepEqual(places.map(isName), [false, true, false])
})
