import { parseMultiaddr, type PeerId } from '#core'
import { knownPeer } from '#testing'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FairUnion } from './fair-union.ts'
import type { RendezvousEntry } from './rendezvous-message.ts'

const peers = Array.from({ length: 12 }, (_, index) => knownPeer(`fair ${index}`).id)
const answer = (...indexes: readonly number[]): RendezvousEntry[] => indexes.map((index) => ({ peer: peers[index] as PeerId, addresses: [] }))
const indexOf = (entry: RendezvousEntry | undefined): number => peers.indexOf(entry?.peer as PeerId)

test('The first of each answer that is new comes at once, the others in turns, and nobody twice', () => {
  const union = new FairUnion()
  assert.equal(indexOf(union.first(answer(1, 2, 3, 4))), 1)
  assert.equal(indexOf(union.first(answer(1, 5))), 5)
  assert.equal(indexOf(union.first(answer(5, 1))), -1)
  assert.equal(indexOf(union.first(answer(6, 7, 2, 8))), 6)
  assert.deepEqual([...union.rest()].map(indexOf), [2, 7, 3, 8, 4])
})

test('What only one of many peers knows comes among the first, however much the others name', () => {
  const union = new FairUnion()
  const firsts = [answer(1, 2, 3), answer(1, 4, 5), answer(11), answer(1, 6, 7)].map((each) => indexOf(union.first(each)))
  assert.deepEqual(firsts, [1, 4, 11, 6])
})

test('A peer that was named at a wrong address comes again with the right one, in whatever order its addresses are written', () => {
  const [peer = '' as PeerId] = peers
  const [right, wrong] = [parseMultiaddr('/ip4/198.51.100.7/tcp/1'), parseMultiaddr('/ip4/198.51.100.8/tcp/1')]
  const union = new FairUnion()
  assert.deepEqual(union.first([{ peer, addresses: [wrong] }])?.addresses, [wrong])
  assert.deepEqual(union.first([{ peer, addresses: [wrong] }, { peer, addresses: [right, wrong] }])?.addresses, [right, wrong])
  assert.equal(union.first([{ peer, addresses: [wrong, right] }]), undefined)
})
