import { LIMITS, type PeerId } from '#core'
import { seeded, until } from '#testing'
import { peerIdFromString } from '@libp2p/peer-id'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { soon } from '../network-lab.conformance.ts'
import { type Candidate, chooseClosest, distanceOf, findClosest, hostOfPeer } from './closest-peers.ts'
import { honest, rawNode } from './raw-node.conformance.ts'

const candidate = (place: number, group: string, answered = true): Candidate =>
  ({ peer: `peer ${place}` as PeerId, distance: Uint8Array.of(place >> 8, place & 255), group, answered })

test('Twenty ids next to a key are two who are asked when they share a prefix', () => {
  const evil = Array.from({ length: 20 }, (_, index) => candidate(index, 'evil'))
  const others = Array.from({ length: 30 }, (_, index) => candidate(1000 + index, `group ${index}`))
  const chosen = chooseClosest([...others.toReversed(), ...evil])
  const nearest = [...evil.slice(0, LIMITS.rendezvousClosestPerPrefix), ...others].map(({ peer }) => peer)
  assert.deepEqual(chosen, nearest.slice(0, LIMITS.rendezvousClosest))
})

test('Those that answered come before those that are only said to be nearer', () => {
  assert.deepEqual(chooseClosest([candidate(1, 'a', false), candidate(9, 'b'), candidate(2, 'b', false)]), ['peer 9', 'peer 1', 'peer 2'])
  assert.deepEqual(chooseClosest([]), [])
  assert.deepEqual(chooseClosest([candidate(3, 'a'), candidate(1, 'b'), candidate(2, 'c')], 2), ['peer 1', 'peer 2'])
})

test('A walk finds who is there, nearest first, with the distances of the library', async () => {
  await using first = await honest()
  await using second = await honest()
  await using third = await honest()
  await using seeker = await rawNode()
  for (const other of [second, third]) await other.dial(first.addresses()[0] ?? assert.fail(), soon())
  await seeker.connect(first)
  const key = seeded('a key').bytes(32)
  const { dht } = seeker.node.services
  await until('all of them answer', async () => (await findClosest({ node: seeker.node, connected: [] }, key, soon())).length === 3)
  const expected: string[] = []
  await until('the library agrees', async () => {
    expected.length = 0
    for await (const event of dht.getClosestPeers(key, { signal: soon() })) if (event.name === 'FINAL_PEER') expected.push(event.peer.id.toString())
    return expected.length === 3
  })
  assert.deepEqual(await findClosest({ node: seeker.node, connected: [] }, key, soon()), expected)
  const distances = expected.map((peer) => distanceOf(peerIdFromString(peer).toMultihash().bytes, key))
  assert.deepEqual(distances, distances.toSorted((a, b) => Buffer.compare(a, b)))
  assert.equal(hostOfPeer(seeker.node, peerIdFromString(first.self)), '127.0.0.1')
  await assert.rejects(findClosest({ node: seeker.node, connected: [] }, key, AbortSignal.abort()))
})
