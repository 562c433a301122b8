import { LIMITS } from '#core'
import { until } from '#testing'
import type { PeerId } from '@libp2p/interface'
import { multiaddr } from '@multiformats/multiaddr'
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { rawNode } from '../../src/network/libp2p/raw-node.conformance.ts'
import { addressOf, honestAt } from './honest-nodes.ts'
import { startHostileSwarm } from './hostile-swarm.ts'

const ATTACKERS = 200

/** The part of the library's routing table that its interface leaves out. */
interface Table extends EventTarget {
  readonly kb: { toIterable(): Iterable<{ readonly peerId: PeerId }> }
}

test('row 36: two hundred attackers of one /24 are at most three in the routing table, and honest peers keep their places', async (t) => {
  const hosts = Array.from({ length: ATTACKERS }, (_, index) => `127.66.6.${index + 1}`)
  await using evil = await startHostileSwarm({ hosts, says: 'nobody' })
  await using victim = await rawNode()
  await using honest = new AsyncDisposableStack()
  const { dht } = victim.node.services
  const table = dht.routingTable as unknown as Table
  const isEvil = new Set(evil.peers.map(({ peer }) => peer))
  const present = (): string[] => [...table.kb.toIterable()].map(({ peerId }) => peerId.toString())
  const countEvil = (): number => present().filter((peer) => isEvil.has(peer)).length
  let most = 0
  table.addEventListener('peer:add', () => void (most = Math.max(most, countEvil())))

  const friends = await Promise.all(['127.20.1.1', '127.20.2.1', '127.20.3.1'].map(async (host) => honest.use(await honestAt(host))))
  for (const friend of friends) await victim.node.dial(multiaddr(friend.addresses()[0]))
  await until('the honest ones are in the table', () => friends.every(({ self }) => present().includes(self)))
  for (const each of evil.peers.slice(0, 5)) await victim.node.dial(multiaddr(addressOf(each)))
  // Every lookup asks attackers, who name others of their kind; whoever is named is pinged and offered to the table.
  const met = await until('the victim has met three quarters of them', async () => {
    for await (const _ of dht.getClosestPeers(randomBytes(32), { signal: AbortSignal.timeout(20_000) })) most = Math.max(most, countEvil())
    const count = await evil.met(victim.self)
    return count >= (3 * ATTACKERS) / 4 && count
  }, 60_000)
  t.diagnostic(`of ${met} attackers of one /24 that were met, at most ${most} were in the routing table, beside ${present().length - countEvil()} others`)
  assert(most > 0 && most <= LIMITS.routesPerPrefix, `${most} were in it`)
  assert(friends.every(({ self }) => present().includes(self)))
})
