import { LIMITS, parseMultiaddr, type PeerId } from '#core'
import { knownPeer, seeded } from '#testing'
import fc from 'fast-check'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type RendezvousPut, RendezvousStore } from './rendezvous-store.ts'

const keyOf = (index: number): Uint8Array => seeded(`key ${index}`).bytes(32)
/** The form is not looked at again, so that a million of them cost nothing. */
const peerOf = (index: number): PeerId => `peer ${index}` as PeerId
const { fraction } = seeded('dice')
const put = (peer: PeerId, group: string, key = keyOf(0)): RendezvousPut => ({ key, peer, group, addresses: [] })
const namesAt = (store: RendezvousStore, nowMs: number, { count = LIMITS.rendezvousAnswer as number, key = keyOf(0) } = {}): readonly PeerId[] =>
  store.find({ key, count, fraction }, nowMs).map(({ peer }) => peer)

test('What was put is found with its newest addresses, until it is deleted or its day is over', () => {
  const store = new RendezvousStore()
  const alice = knownPeer('alice').id
  const [old, fresh] = [parseMultiaddr('/ip4/198.51.100.7/tcp/1'), parseMultiaddr('/ip4/198.51.100.7/tcp/2')]
  assert(store.put({ ...put(alice, 'a'), addresses: [old] }, 0))
  assert(store.put({ ...put(alice, 'a'), addresses: [fresh] }, 1000))
  assert.deepEqual(store.find({ key: keyOf(0), count: 20, fraction }, 1000), [{ peer: alice, addresses: [fresh] }])
  assert.deepEqual([store.size, namesAt(store, 1000 + LIMITS.rendezvousEntryMs - 1)], [1, [alice]])
  assert.deepEqual([namesAt(store, 1000 + LIMITS.rendezvousEntryMs), store.size], [[], 0])
  assert(store.put(put(alice, 'a'), 0))
  assert(!store.delete(keyOf(1), alice) && !store.delete(keyOf(0), knownPeer('bob').id))
  assert(store.delete(keyOf(0), alice) && !store.delete(keyOf(0), alice))
  assert.deepEqual([namesAt(store, 0), store.size], [[], 0])
})

test('A group has four entries of a key, and renewing one needs no room', () => {
  const store = new RendezvousStore()
  const taken = Array.from({ length: 10 }, (_, index) => store.put(put(peerOf(index), 'one'), 0))
  assert.equal(taken.filter(Boolean).length, LIMITS.rendezvousEntriesPerPrefix)
  assert(store.put(put(peerOf(0), 'one'), 1) && store.put(put(peerOf(10), 'two'), 1))
  assert.equal(store.size, LIMITS.rendezvousEntriesPerPrefix + 1)
})

test('A full key makes room for a new group at the cost of a crowded one, and not for one more of the crowd', () => {
  const store = new RendezvousStore()
  for (let index = 0; index < LIMITS.rendezvousEntriesPerKey; index += 1) assert(store.put(put(peerOf(index), `group ${index >> 2}`), 0))
  assert(store.put(put(peerOf(1000), 'honest'), 1))
  assert.equal(store.size, LIMITS.rendezvousEntriesPerKey)
  assert(!store.put(put(peerOf(1001), 'group 5'), 1))
  for (let round = 0; round < 20; round += 1) assert(namesAt(store, 1).includes(peerOf(1000)), 'sixteen groups and it: every answer has one of each')
})

test('An answer has as many as were asked for, from as many groups as there are', () => {
  const store = new RendezvousStore()
  for (let index = 0; index < 40; index += 1) store.put(put(peerOf(index), `group ${index % 10}`), 0)
  assert.equal(namesAt(store, 0, { count: 3 }).length, 3)
  assert.equal(namesAt(store, 0).length, LIMITS.rendezvousAnswer)
  assert.equal(new Set(namesAt(store, 0, { count: 10 }).map((peer) => Number(peer.slice(5)) % 10)).size, 10)
  assert.notDeepEqual(namesAt(store, 0), namesAt(store, 0), 'at random')
})

test('One peer has so many entries', () => {
  const store = new RendezvousStore()
  for (let index = 0; index < LIMITS.rendezvousEntriesPerPeer; index += 1) assert(store.put(put(peerOf(0), 'a', keyOf(index)), 0))
  assert(!store.put(put(peerOf(0), 'a', keyOf(-1)), 0))
  assert(store.put(put(peerOf(0), 'a', keyOf(3)), 0) && store.put(put(peerOf(1), 'a', keyOf(-1)), 0))
})

test('After any run of puts, deletions and time every bound holds, and what is found was put', () => {
  const step = fc.record({ op: fc.constantFrom('put', 'put', 'put', 'del'), key: fc.nat(2), peer: fc.nat(200), group: fc.nat(30), waitMs: fc.nat(60_000_000) })
  fc.assert(fc.property(fc.array(step, { maxLength: 400 }), (steps) => {
    const store = new RendezvousStore()
    const live = new Map<string, number>()
    let nowMs = 0
    for (const { op, key, peer, group, waitMs } of steps) {
      nowMs += waitMs % 97 === 0 ? waitMs : 0
      const name = `${key} ${peerOf(peer)}`
      if (op === 'put' && store.put(put(peerOf(peer), `${group}`, keyOf(key)), nowMs)) live.set(name, nowMs + LIMITS.rendezvousEntryMs)
      if (op === 'del') assert(!store.delete(keyOf(key), peerOf(peer)) || live.delete(name))
      for (let each = 0; each <= 2; each += 1) {
        const found = namesAt(store, nowMs, { count: 1000, key: keyOf(each) })
        assert(found.length <= LIMITS.rendezvousEntriesPerKey && new Set(found).size === found.length)
        assert(found.every((who) => (live.get(`${each} ${who}`) ?? 0) > nowMs))
      }
    }
  }), { numRuns: 100 })
})

test('A store keeps no more, and for no longer, than it was told', () => {
  const store = new RendezvousStore({ entries: 2, entryMs: 100 })
  for (const index of [0, 1, 2]) store.put(put(peerOf(index), `group ${index}`, keyOf(index)), 0)
  assert.equal(store.size, 2)
  assert.deepEqual([namesAt(store, 99).length, namesAt(store, 100).length, store.size], [1, 0, 0])
})
