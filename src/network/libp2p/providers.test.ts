import { digestBytes, digestOf } from '#core'
import { until } from '#testing'
import { peerIdFromString } from '@libp2p/peer-id'
import { multiaddr } from '@multiformats/multiaddr'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { bytes, hasCode, realClock, soon } from '../network-lab.conformance.ts'
import { contentId, Providers } from './providers.ts'
import { honest, rawNode } from './raw-node.conformance.ts'
import { DHT, PEER_STORE } from './settings.ts'
import { Tasks } from './tasks.ts'

const blob = digestOf(bytes('blob'))

test('The DHT knows a blob by the CID of its digest', () => {
  const cid = contentId(blob)
  assert.deepEqual([cid.version, cid.code, cid.multihash.code], [1, 0x55, 0x12])
  assert.deepEqual(Buffer.from(cid.multihash.digest), Buffer.from(digestBytes(blob)))
})

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

test('A provider that names thousands of addresses is named with a few', async () => {
  await using keeper = await honest()
  await using seeker = await rawNode()
  await using liar = await rawNode()
  const named = Array.from({ length: 200 }, (_, index) => multiaddr(`/ip4/10.1.${index}.1/tcp/4001`))
  const manager = (liar.node as unknown as { components: { addressManager: { getAddresses(): unknown[] } } }).components.addressManager
  await liar.connect(keeper)
  await until('the liar knows the keeper', () => liar.node.services.dht.routingTable.size > 0)
  manager.getAddresses = () => named
  await Array.fromAsync(liar.node.services.dht.provide(contentId(blob), { signal: soon() }))
  await seeker.connect(keeper)
  const found: number[] = []
  await until('the seeker is told of the liar', async () => {
    for await (const event of seeker.node.services.dht.findProviders(contentId(blob), { signal: soon() })) {
      if (event.name === 'PROVIDER') found.push(...event.providers.filter(({ id }) => id.toString() === liar.self).map(({ multiaddrs }) => multiaddrs.length))
    }
    return found.length > 0
  })
  assert(found.every((count) => count > 0 && count <= PEER_STORE.addressesPerPeer), found.join())
})

test('A provider whose addresses are unknown does not spoil the answer for the others', async () => {
  await using keeper = await rawNode()
  await using seeker = await rawNode()
  await using holder = await rawNode()
  await keeper.node.services.dht.setMode('server')
  for (const node of [seeker, holder]) await node.node.dial(multiaddr(keeper.address))
  await until('both know the keeper', () => [seeker, holder].every(({ node }) => node.services.dht.routingTable.size > 0))
  await Array.fromAsync(holder.node.services.dht.provide(contentId(blob), { signal: soon() }))
  const namesOf = async (): Promise<string[]> => {
    const names: string[] = []
    for await (const event of seeker.node.services.dht.findProviders(contentId(blob), { signal: soon() })) {
      if (event.name === 'PROVIDER') names.push(...event.providers.map(({ id }) => id.toString()))
    }
    return names
  }
  await until('the holder is named', async () => (await namesOf()).includes(holder.self))
  await using ghost = await rawNode()
  await ghost.node.dial(multiaddr(keeper.address))
  await until('the ghost knows the keeper', () => ghost.node.services.dht.routingTable.size > 0)
  await Array.fromAsync(ghost.node.services.dht.provide(contentId(blob), { signal: soon() }))
  await until('the ghost is named', async () => (await namesOf()).includes(ghost.self))
  await keeper.node.peerStore.delete(peerIdFromString(ghost.self))
  assert((await namesOf()).includes(holder.self))
})

test('Blobs are told at a pace that other nodes accept', async () => {
  await using keeper = await honest()
  await using raw = await rawNode()
  await raw.connect(keeper)
  await until('the keeper is known', () => raw.node.services.dht.routingTable.size > 0)
  const tasks = new Tasks(undefined)
  await using all = new AsyncDisposableStack()
  all.defer(() => tasks.end(new Error('over')))
  const providers = new Providers({ node: raw.node, clock: realClock, tasks, hasDhtPeers: () => true, admits: () => true, mayDial: () => true })
  const startedMs = performance.now()
  await Promise.all(Array.from({ length: 20 }, (_, index) => providers.provide(digestOf(bytes(`${index}`)), soon())))
  assert.equal(providers.size, 20)
  assert(performance.now() - startedMs >= 19 * DHT.tellEveryMs)
})
