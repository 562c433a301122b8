import { LIMITS, type PeerId } from '#core'
import { seeded } from '#testing'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { chooseKeepers } from './choose-keepers.ts'

const peers = Array.from({ length: 100 }, (_, index) => `peer ${index}` as PeerId)

test('Of many connected peers a few are asked, those that come first always, the others at random', () => {
  const first = new Set(peers.slice(97))
  const { fraction } = seeded('keepers')
  const [once, again] = [chooseKeepers(peers, first, fraction), chooseKeepers(peers, first, fraction)]
  for (const chosen of [once, again]) {
    assert.deepEqual([chosen.length, new Set(chosen).size], [LIMITS.rendezvousConnected, LIMITS.rendezvousConnected])
    assert([...first].every((peer) => chosen.includes(peer)))
  }
  assert.notDeepEqual(once, again)
  assert.deepEqual([...chooseKeepers(peers.slice(0, 3), first, fraction)].sort(), peers.slice(0, 3))
})
