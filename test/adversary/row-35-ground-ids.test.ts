import { digestOf } from '#core'
import { type Network, rendezvousKey } from '#network'
import { rounds, until } from '#testing'
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import { peerIdFromString } from '@libp2p/peer-id'
import { addressOf, honestAt, soon } from './honest-nodes.ts'
import { startHostileSwarm } from './hostile-swarm.ts'

const ROUNDS = rounds(5, 20)
const HONEST = 6

/** Places on the ring, as a big number: the smaller, the nearer. */
const distance = (peer: string, key: Uint8Array): bigint => {
  const placeOf = (bytes: Uint8Array): bigint => BigInt(`0x${createHash('sha256').update(bytes).digest('hex')}`)
  return placeOf(peerIdFromString(peer).toMultihash().bytes) ^ placeOf(key)
}

test('row 35: twenty ids that were made to lie next to a key, and say there is nobody: the honest provider is found each time', async (t) => {
  const digest = digestOf(Buffer.from('what somebody wants to hide'))
  const key = rendezvousKey('blob', digest)
  const hosts = Array.from({ length: 20 }, (_, index) => `127.66.6.${index + 1}`)
  await using evil = await startHostileSwarm({ hosts, nearTo: Buffer.from(key).toString('hex'), says: 'nobody' })
  await using nodes = new AsyncDisposableStack()
  const honest: Network[] = []
  for (let index = 0; index < HONEST; index += 1) {
    const bootstrap = [...honest.flatMap((node) => node.addresses()), ...evil.peers.slice(index, index + 3).map(addressOf)]
    honest.push(nodes.use(await honestAt(`127.20.${index}.1`, { bootstrap })))
  }
  const farthestEvil = evil.peers.map(({ peer }) => distance(peer, key)).reduce((a, b) => (a > b ? a : b))
  const nearer = honest.filter(({ self }) => distance(self, key) < farthestEvil).length
  t.diagnostic(`of ${HONEST} honest nodes ${nearer} lie nearer to the key than the farthest of twenty attackers`)
  const [first, ...others] = honest
  const holder = nodes.use(await honestAt('127.21.1.1', { bootstrap: [...(first?.addresses() ?? []), ...evil.peers.map(addressOf)], light: true }))
  await until('the holder knows them', () => holder.peers().length === 1 + evil.peers.length)
  await holder.provide(digest, soon())
  let found = 0
  for (let round = 0; round < ROUNDS; round += 1) {
    // An honest node that the holder was not told of, and attackers.
    const bootstrap = [...(others[round % others.length]?.addresses() ?? []), ...evil.peers.slice(round % 15, (round % 15) + 5).map(addressOf)]
    await using seeker = await honestAt('127.22.1.1', { bootstrap, light: true })
    await until('the seeker knows them', () => seeker.peers().length >= 6)
    for await (const peer of seeker.findProviders(digest, soon())) {
      found += Number(peer === holder.self)
      if (peer === holder.self) break
    }
  }
  t.diagnostic(`the honest provider was found ${found} of ${ROUNDS} times`)
  assert.equal(found, ROUNDS)
})
