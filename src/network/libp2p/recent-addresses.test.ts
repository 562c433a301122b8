import assert from 'node:assert/strict'
import { test } from 'node:test'
import { RecentAddresses } from './recent-addresses.ts'
import { PEER_STORE } from './settings.ts'

test('the same addresses of a peer are news once a minute, others at once', () => {
  const recent = new RecentAddresses()
  assert.deepEqual([recent.isNews('p', 'a', 0), recent.isNews('p', 'a', 59_999), recent.isNews('q', 'a', 0)], [true, false, true])
  assert.deepEqual([recent.isNews('p', 'b', 1), recent.isNews('p', 'a', 2), recent.isNews('p', 'a', 60_002)], [true, true, true])
})

test('what is remembered is bounded', () => {
  const recent = new RecentAddresses()
  for (let peer = 0; peer <= PEER_STORE.peers; peer++) recent.isNews(`${peer}`, 'a', 0)
  assert.deepEqual([recent.isNews(`${PEER_STORE.peers}`, 'a', 1), recent.isNews('0', 'a', 1)], [false, true])
})
