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
