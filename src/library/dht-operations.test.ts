import assert from 'node:assert/strict'
import { test } from 'node:test'
import { memoryHub } from '#network'
import { openMarketplace, smallPackage, TestClock } from '#testing'
import { DhtOperations } from './dht-operations.ts'
import type { P2PEvent } from './p2p-events.ts'

test('who holds bytes is told and found by their digest, and both are told of', async () => {
  const clock = new TestClock()
  const hub = memoryHub({ clock })
  await using node = await openMarketplace({ hub, clock })
  await using other = await openMarketplace({ hub, clock })
  hub.link(node.network.self, other.network.self)
  const { digest } = await node.publish(smallPackage('tool'), 'ada')
  const told: P2PEvent[] = []
  const dhtOf = (one: typeof node): DhtOperations =>
    new DhtOperations({ node: async () => one, closing: new AbortController().signal, tell: (event) => told.push(event) })
  await dhtOf(node).provide(digest)
  assert.deepEqual(await Array.fromAsync(dhtOf(other).findProviders(digest)), [node.network.self])
  const seen = told.map((event) => [event.type, 'providers' in event ? event.providers : undefined])
  assert.deepEqual(seen, [['DHTStoreComplete', undefined], ['DHTQueryComplete', 1]])
  await assert.rejects(dhtOf(other).provide(digest), { code: 'blob-not-found' })
  await assert.rejects(dhtOf(node).provide('sha256:x'), { code: 'digest-invalid' })
  await assert.rejects(Array.fromAsync(dhtOf(node).findProviders('x')), { code: 'digest-invalid' })
  assert.equal(told.length, 2)
})

test('signed records are read by the name of a package, and count wherever they are put', async () => {
  const clock = new TestClock()
  const hub = memoryHub({ clock })
  await using node = await openMarketplace({ hub, clock })
  await using apart = await openMarketplace({ hub, clock })
  const dhtOf = (one: typeof node): DhtOperations => new DhtOperations({ node: async () => one, closing: new AbortController().signal, tell: () => undefined })
  await node.publish(smallPackage('tool', '1.0.0'), 'ada')
  await node.publish(smallPackage('tool', '1.1.0'), 'ada')
  const records = await dhtOf(node).get('tool')
  assert.deepEqual(records.map(({ type, version }) => [type, version]), [['genesis', undefined], ['release', '1.0.0'], ['release', '1.1.0']])
  assert.deepEqual(await dhtOf(apart).get('tool'), [])
  const [genesis] = records
  assert.ok(genesis !== undefined)
  assert.deepEqual(await dhtOf(apart).put([genesis]), { accepted: [genesis.id], known: [] })
  const broken = genesis.bytes.with(genesis.bytes.length - 1, (genesis.bytes.at(-1) ?? 0) ^ 1)
  await assert.rejects(dhtOf(apart).put([broken]), { code: 'op-invalid' })
  await assert.rejects(dhtOf(apart).put(records), { code: 'blob-not-found' })
  hub.link(node.network.self, apart.network.self)
  assert.equal((await dhtOf(apart).put(records)).accepted.length, records.length)
  assert.deepEqual((await dhtOf(apart).get('tool')).map(({ id }) => id), records.map(({ id }) => id))
  await assert.rejects(dhtOf(node).get('Tool'), { code: 'name-invalid' })
})
