import { digestOf, type Multiaddr, type PeerId } from '#core'
import { encodeRendezvousEntries, encodeRendezvousReceipt, RENDEZVOUS, RendezvousStore } from '#network'
import { knownPeer, until } from '#testing'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { bytes, hasCode, realClock, soon } from '../network-lab.conformance.ts'
import { Providers, type ProvidersContext } from './providers.ts'
import { honest, rawNode } from './raw-node.conformance.ts'
import { DHT, QUESTIONS } from './settings.ts'
import { Tasks } from './tasks.ts'

const blob = digestOf(bytes('blob'))

test('What was told is found by a node that came later, through nodes that were there', async () => {
  await using holder = await honest()
  await using third = await honest()
  const [address] = third.addresses()
  assert(address !== undefined)
  await holder.dial(address, soon())
  await holder.provide(blob, soon())
  await using late = await honest()
  await late.dial(address, soon())
  await until('the late one finds the holder', async () => (await Array.fromAsync(late.findProviders(blob, soon()))).includes(holder.self))
})

test('Providing gives up on its signal and is remembered all the same', async () => {
  await using alice = await honest()
  await using bob = await honest()
  const [address] = bob.addresses()
  assert(address !== undefined)
  await alice.dial(address, soon())
  await assert.rejects(alice.provide(blob, AbortSignal.abort()), hasCode('cancelled'))
  assert.equal(alice.stats().providerRecords, 0)
  const controller = new AbortController()
  const providing = assert.rejects(alice.provide(blob, controller.signal), hasCode('cancelled'))
  controller.abort()
  await providing
  assert.equal(alice.stats().providerRecords, 1)
  await until('bob hears of it', async () => (await Array.fromAsync(bob.findProviders(blob, soon()))).includes(alice.self))
})

/** Providers whose questions go to whom the test says, who answer as it says. */
const open = async (change: Pick<ProvidersContext, 'ask' | 'keepers'> & Partial<ProvidersContext>) => {
  const raw = await rawNode()
  const tasks = new Tasks(undefined)
  const usual = { admits: () => true, hear: (_from: PeerId, addresses: readonly Multiaddr[]) => addresses, fraction: Math.random, store: new RendezvousStore() }
  const providers = new Providers({ node: raw.node, clock: realClock, tasks, ...usual, ...change })
  return {
    providers, raw,
    [Symbol.asyncDispose]: async () => {
      await tasks.end(new Error('over'))
      await raw[Symbol.asyncDispose]()
    },
  }
}

test('Blobs are told at a pace that other nodes accept', async () => {
  const keeper = knownPeer('keeper').id
  let asked = 0
  const ask: ProvidersContext['ask'] = async (peer, protocol) => {
    assert.deepEqual([peer, protocol], [keeper, RENDEZVOUS])
    asked += 1
    return encodeRendezvousReceipt(true)
  }
  await using scene = await open({ ask, keepers: () => [keeper] })
  const startedMs = performance.now()
  await Promise.all(Array.from({ length: 20 }, (_, index) => scene.providers.provide(digestOf(bytes(`${index}`)), soon())))
  assert.deepEqual([scene.providers.size, asked], [20, 20])
  assert(performance.now() - startedMs >= 19 * DHT.tellEveryMs)
  assert(1000 / DHT.tellEveryMs < QUESTIONS[RENDEZVOUS].perSecond)
})

test('A peer that was named at wrong addresses by one is found where another says it is, and nobody is found who is not there', async () => {
  await using holder = await honest()
  const right = (holder.addresses()[0] ?? '').replace(/\/p2p\/.*/, '')
  const [liar, truthful, silent] = [knownPeer('liar').id, knownPeer('truthful').id, knownPeer('silent').id]
  const answers = new Map<PeerId, Uint8Array>([
    [liar, encodeRendezvousEntries([{ peer: holder.self, addresses: ['/ip4/127.0.0.1/tcp/1' as never] }, { peer: knownPeer('ghost').id, addresses: [] }])],
    [truthful, encodeRendezvousEntries([{ peer: holder.self, addresses: [right as never] }])],
  ])
  const ask: ProvidersContext['ask'] = async (peer) => answers.get(peer) ?? Promise.reject(new Error('nobody is there'))
  await using scene = await open({ ask, keepers: () => [liar, silent, truthful] })
  assert.deepEqual(await Array.fromAsync(scene.providers.find(blob, soon())), [holder.self])
})

test('Whoever is banned and whoever may not be named is not tried', async () => {
  await using holder = await honest()
  const addresses = [(holder.addresses()[0] ?? '').replace(/\/p2p\/.*/, '') as never]
  const keeper = knownPeer('keeper').id
  const ask: ProvidersContext['ask'] = async () => encodeRendezvousEntries([{ peer: holder.self, addresses }])
  await using banned = await open({ ask, keepers: () => [keeper], admits: (peer) => peer !== holder.self })
  assert.deepEqual(await Array.fromAsync(banned.providers.find(blob, soon())), [])
  await using wary = await open({ ask, keepers: () => [keeper], hear: () => [] })
  assert.deepEqual(await Array.fromAsync(wary.providers.find(blob, soon())), [])
  assert.equal(wary.raw.node.getConnections().length, 0)
})

test('Looking who holds a blob ends after the time that it may take', async () => {
  const ask: ProvidersContext['ask'] = (...question) => {
    const signal = question[3]
    return new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true }))
  }
  const tuning = { replicationFactor: 3, queryTimeoutMs: 200, providerRecordTtlMs: 3_600_000 }
  await using scene = await open({ ask, keepers: () => [knownPeer('keeper').id], tuning })
  const startedMs = performance.now()
  assert.deepEqual(await Array.fromAsync(scene.providers.find(blob, soon())), [])
  assert(performance.now() - startedMs < 2500, 'one question alone may take three seconds')
})
