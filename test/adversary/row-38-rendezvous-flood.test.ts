import { digestOf, LIMITS, parseMultiaddr, type PeerId } from '#core'
import {
  decodeRendezvousEntries, decodeRendezvousReceipt, encodeRendezvousQuestion, rendezvousKey, RendezvousStore,
} from '#network'
import { rounds, seeded, until } from '#testing'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { honestAt, soon } from './honest-nodes.ts'
import { type HostileNode, startHostileNode } from './hostile-node.ts'

const ROUNDS = 20
const PUTS = rounds(400_000, 1_000_000)

test(`row 38: ${PUTS} puts from a thousand networks: the store stays within its bounds, and an honest entry is returned each time`, (t) => {
  const store = new RendezvousStore()
  const dice = seeded('flood')
  const fraction = (): number => dice.fraction()
  const [key, rare] = [rendezvousKey('blob', 'wanted'), rendezvousKey('blob', 'hardly known')]
  const honest = 'honest' as PeerId
  for (const each of [key, rare]) assert(store.put({ key: each, peer: honest, group: 'home', addresses: [] }, 0))
  const started = performance.now()
  let taken = 0
  let most = 0
  for (let index = 0; index < PUTS; index += 1) {
    const peer = (index * 7919) % 10_000
    // A quarter of it for the key that somebody wants to hide.
    const target = index % 4 === 0 ? key : Uint8Array.from(Buffer.from(`${index}`.padStart(32)))
    taken += Number(store.put({ key: target, peer: `evil ${peer}` as PeerId, group: `network ${peer % 1000}`, addresses: [] }, index / 1000))
    most = Math.max(most, store.size)
  }
  const seconds = (performance.now() - started) / 1000
  const nowMs = PUTS / 1000
  const finds = (each: Uint8Array): number => Array.from({ length: ROUNDS }, () => store.find({ key: each, count: LIMITS.rendezvousAnswer, fraction }, nowMs))
    .filter((entries) => entries.some(({ peer }) => peer === honest)).length
  // Of a key that a thousand networks flood one answer has twenty; a lookup asks twenty peers.
  const lookups = Array.from({ length: ROUNDS }, () => finds(key) > 0).filter(Boolean).length
  t.diagnostic(`${PUTS} puts in ${seconds.toFixed(1)} s, ${taken} taken, at most ${most} kept; found ${finds(rare)} and ${lookups} of ${ROUNDS} times`)
  assert.equal(most, LIMITS.rendezvousEntries)
  assert.deepEqual([finds(rare), lookups], [ROUNDS, ROUNDS])
})

test('row 38: attackers of two networks who put as fast as they can over the wire cannot keep a node from naming the honest provider', async (t) => {
  await using nodes = new AsyncDisposableStack()
  const keeper = nodes.use(await honestAt('127.20.1.1'))
  const [address = parseMultiaddr('/ip4/127.0.0.1/tcp/1')] = keeper.addresses()
  const digest = digestOf(Buffer.from('wanted'))
  const holder = nodes.use(await honestAt('127.21.1.1', { bootstrap: [address], light: true }))
  await until('the holder is connected', () => holder.peers().length === 1)
  await holder.provide(digest, soon())

  const evil: HostileNode[] = []
  // A host may hold four connections, a prefix eight.
  for (let index = 0; index < 12; index += 1) evil.push(nodes.use(await startHostileNode({ host: `127.66.${index % 2}.${1 + index}` })))
  for (const each of evil) await each.connect(address)
  const key = rendezvousKey('blob', digest)
  const own = [parseMultiaddr('/ip4/127.66.0.1/tcp/4001')]
  const put = (each: HostileNode, target: Uint8Array): Promise<Uint8Array | undefined> =>
    each.rendezvous(keeper.self, encodeRendezvousQuestion({ op: 'put', key: target, addresses: own }))
  const look = async (each: HostileNode): Promise<readonly PeerId[] | undefined> => {
    const answer = await each.rendezvous(keeper.self, encodeRendezvousQuestion({ op: 'get', key, count: LIMITS.rendezvousAnswer }))
    return answer && decodeRendezvousEntries(answer).map(({ peer }) => peer)
  }
  const tally = { sent: 0, taken: 0, refused: 0, busy: 0 }
  const flood = async (each: HostileNode, index: number): Promise<void> => {
    const answer = await put(each, index % 10 === 0 ? key : Uint8Array.from(Buffer.from(`${each.self.slice(-8)} ${index}`.padStart(32))))
    tally.sent += 1
    tally[answer === undefined ? 'busy' : decodeRendezvousReceipt(answer) ? 'taken' : 'refused'] += 1
  }
  for (let batch = 0; batch < 30; batch += 1) {
    await Promise.allSettled(evil.flatMap((each) => [0, 1, 2, 3].map((index) => flood(each, 4 * batch + index))))
  }

  const asker = nodes.use(await startHostileNode({ host: '127.23.1.1' }))
  await asker.connect(address)
  let found = 0
  let ofEvil = 0
  for (let round = 0; round < ROUNDS; round += 1) {
    const named = await until('the keeper answers', () => look(asker))
    found += Number(named.includes(holder.self))
    ofEvil = Math.max(ofEvil, named.length - 1)
  }
  const { sent, taken, refused, busy } = tally
  t.diagnostic(`${sent} puts over the wire: ${taken} taken, ${refused} refused, ${busy} too many; the honest provider was named ${found} of ${ROUNDS} times`)
  assert.equal(found, ROUNDS)
  assert(ofEvil <= 2 * LIMITS.rendezvousEntriesPerPrefix, `${ofEvil} attackers under the key`)
  assert(tally.taken > 0 && tally.refused > 0)
})
