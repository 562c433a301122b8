import { peerIdFromString } from '@libp2p/peer-id'
import { multiaddr } from '@multiformats/multiaddr'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { hushRepeats, RecentAddresses } from './recent-addresses.ts'
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

test('the DHT tells of a peer once, of other things always', () => {
  const told: string[] = []
  const dht = { network: { safeDispatchEvent: (type: string): boolean => told.push(type) > 0 } }
  let nowMs = 0
  hushRepeats(dht, () => nowMs)
  const id = peerIdFromString('12D3KooWDpJ7As7BWAwRMfu1VU2WCqNjvq387JEYKDBj4kx6nXTN')
  const tell: (type: string, event: object) => boolean = dht.network.safeDispatchEvent
  const peer = (address: string): object => ({ detail: { id, multiaddrs: [multiaddr(address)] } })
  for (const address of ['/ip4/8.8.8.8/tcp/1', '/ip4/8.8.8.8/tcp/1', '/ip4/8.8.8.8/tcp/2', '/ip4/8.8.8.8/tcp/2']) tell('peer', peer(address))
  for (const _ of [1, 2]) tell('other', peer('/ip4/8.8.8.8/tcp/2'))
  nowMs = PEER_STORE.recentMs
  tell('peer', peer('/ip4/8.8.8.8/tcp/2'))
  assert.deepEqual(told, ['peer', 'peer', 'other', 'other', 'peer'])
  assert.throws(() => hushRepeats({}, () => 0), assert.AssertionError)
})
