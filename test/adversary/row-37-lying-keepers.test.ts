import { digestOf } from '#core'
import type { Network } from '#network'
import { rounds, until } from '#testing'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { addressOf, honestAt, soon } from './honest-nodes.ts'
import { startHostileSwarm } from './hostile-swarm.ts'

const ROUNDS = rounds(4, 10)
const TITLE = 'row 37: six of twelve keepers name peers that are not there, and wrong addresses of those that are; the honest provider is found each time'

test(TITLE, async (t) => {
  await using liars = await startHostileSwarm({ hosts: Array.from({ length: 6 }, (_, index) => `127.30.${index}.1`), says: 'ghosts' })
  await using nodes = new AsyncDisposableStack()
  const honest: Network[] = []
  for (let index = 0; index < 6; index += 1) {
    honest.push(nodes.use(await honestAt(`127.20.${index}.1`, { bootstrap: honest.flatMap((node) => node.addresses()) })))
  }
  const bootstrap = [...honest.flatMap((node) => node.addresses()), ...liars.peers.map(addressOf)]
  const holder = nodes.use(await honestAt('127.21.1.1', { bootstrap, light: true }))
  await until('the holder knows all twelve', () => holder.peers().length === 12)
  const digest = digestOf(Buffer.from('sought after'))
  await holder.provide(digest, soon())
  let found = 0
  let others = 0
  for (let round = 0; round < ROUNDS; round += 1) {
    // One honest node, of whom it will hear of the others, and all liars.
    await using seeker = await honestAt('127.22.1.1', { bootstrap: bootstrap.slice(5), light: true })
    await until('the seeker knows them', () => seeker.peers().length >= 7)
    const providers = await Array.fromAsync(seeker.findProviders(digest, soon()))
    found += Number(providers.includes(holder.self))
    others += providers.filter((peer) => peer !== holder.self).length
  }
  t.diagnostic(`the honest provider was found ${found} of ${ROUNDS} times with 6 of 12 keepers lying; ${others} peers that are not there were handed on`)
  assert.deepEqual([found, others], [ROUNDS, 0])
})
