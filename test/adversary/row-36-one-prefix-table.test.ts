import { digestOf, LIMITS } from '#core'
import { rounds, until } from '#testing'
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { addressOf, honestAt, soon } from './honest-nodes.ts'
import { startHostileNode } from './hostile-node.ts'
import { startHostileSwarm } from './hostile-swarm.ts'

const ATTACKERS = rounds(75, 200)

test(`row 36: ${ATTACKERS} attackers of one /24 are at most three in the routing table, and honest peers keep their places`, async (t) => {
  const hosts = Array.from({ length: ATTACKERS }, (_, index) => `127.66.6.${index + 1}`)
  await using evil = await startHostileSwarm({ hosts, says: 'nobody' })
  const isEvil = new Set(evil.peers.map(({ peer }) => peer))
  await using honest = new AsyncDisposableStack()
  const friends = await Promise.all(['127.20.1.1', '127.20.2.1', '127.20.3.1'].map(async (host) => honest.use(await honestAt(host))))
  await using victim = await honestAt('127.21.1.1', { bootstrap: friends.flatMap((friend) => friend.addresses()) })
  await using asker = await startHostileNode({ host: '127.67.7.7' })
  await asker.connect(victim.addresses()[0])

  // The whole table is smaller than an answer, so that any key shows all of it.
  const present = (): Promise<readonly string[]> => asker.ask(victim.self, randomBytes(32))
  let most = 0
  const look = async (): Promise<void> => {
    most = Math.max(most, (await present()).filter((peer) => isEvil.has(peer)).length)
  }
  await until('the honest ones are in the table', async () => {
    const peers = await present()
    return friends.every(({ self }) => peers.includes(self))
  })
  // Whoever is connected, or named by somebody who is, is offered to the table.
  for (let from = 0; from < ATTACKERS; from += 25) {
    await Promise.allSettled(evil.peers.slice(from, from + 25).map((each) => victim.dial(addressOf(each), soon())))
    await look()
  }
  const met = await evil.met(victim.self)
  assert(met >= (3 * ATTACKERS) / 4, `${met} were met`)
  await Array.fromAsync(victim.findProviders(digestOf(randomBytes(8)), soon()))
  await look()
  const left = await present()
  const others = left.filter((peer) => !isEvil.has(peer)).length
  t.diagnostic(`of ${met} attackers of one /24 that were met, at most ${most} were in the routing table, beside ${others} others`)
  assert(most > 0 && most <= LIMITS.routesPerPrefix, `${most} were in it`)
  assert(friends.every(({ self }) => left.includes(self)))
})
