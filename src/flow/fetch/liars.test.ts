import assert from 'node:assert/strict'
import { test } from 'node:test'
import { LIMITS, type PeerId } from '#core'
import { Liars } from './liars.ts'

test('a liar is passed over for an hour from its last lie on', () => {
  const liars = new Liars()
  const [once, again] = ['once' as PeerId, 'again' as PeerId]
  for (const peer of [once, again]) liars.note(peer, 1000)
  liars.note(again, 2000)
  const end = 1000 + LIMITS.liarRestMs
  assert.deepEqual([liars.covers(once, end - 1), liars.covers(once, end), liars.covers(again, end)], [true, false, true])
  assert.ok(!liars.covers('another' as PeerId, 1000))
})

test('liars are bounded: the oldest go first', () => {
  const liars = new Liars()
  for (let n = 0; n <= LIMITS.bans; n++) liars.note(`${n}` as PeerId, 0)
  assert.deepEqual(['0', '1', `${LIMITS.bans}`].map((peer) => liars.covers(peer as PeerId, 1)), [false, true, true])
})
