import { until } from '#testing'
import { multiaddr } from '@multiformats/multiaddr'
import { CID } from 'multiformats/cid'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { soon } from '../network-lab.conformance.ts'
import { rawNode } from './raw-node.conformance.ts'
import { NoRecords, routingOnly } from './routing-only.ts'

const CONTENT = CID.parse('bafkreifzjut3te7nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e')

test('Nothing can be stored in the DHT or asked of it, and it still routes', async () => {
  await using keeper = await rawNode()
  await using asker = await rawNode()
  await keeper.node.services.dht.setMode('server')
  await asker.node.dial(multiaddr(keeper.address))
  const { dht } = asker.node.services
  await until('the keeper is in the table', () => dht.routingTable.size > 0)
  const outcomes = async (events: AsyncIterable<{ readonly name: string }>): Promise<string[]> => {
    const names: string[] = []
    const [end] = await Promise.allSettled([(async () => {
      for await (const { name } of events) names.push(name)
    })()])
    return [...names.filter((name) => ['PROVIDER', 'VALUE', 'QUERY_ERROR'].includes(name)), end.status]
  }
  assert.deepEqual((await outcomes(dht.findProviders(CONTENT, { signal: soon() }))).filter((name) => name === 'PROVIDER'), [])
  assert((await outcomes(dht.get(new Uint8Array(32), { signal: soon() }))).every((name) => name !== 'VALUE'))
  await outcomes(dht.provide(CONTENT, { signal: soon() }))
  await outcomes(dht.put(new Uint8Array(32), new Uint8Array(1), { signal: soon() }))
  assert.deepEqual((await outcomes(dht.findProviders(CONTENT, { signal: soon() }))).filter((name) => name === 'PROVIDER'), [])
  const found: string[] = []
  for await (const event of dht.getClosestPeers(new Uint8Array(32), { signal: soon() })) if (event.name === 'FINAL_PEER') found.push(event.peer.id.toString())
  assert.deepEqual(found, [keeper.self])
})

test('A DHT of another make is noticed at once, and nothing is ever kept', async () => {
  assert.throws(() => routingOnly({ rpc: { handlers: {} } }), assert.AssertionError)
  const none = new NoRecords()
  assert.throws(() => none.put(), RangeError)
  assert.deepEqual(await Array.fromAsync(none.query()), [])
})
