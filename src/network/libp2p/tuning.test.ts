import { type Multiaddr, type NetworkTuning, parseMultiaddr, USUAL_TUNING } from '#core'
import type { Network } from '#network'
import { until } from '#testing'
import { peerIdFromString } from '@libp2p/peer-id'
import { multiaddr } from '@multiformats/multiaddr'
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { test } from 'node:test'
import { bytes, hasCode, realClock, sees, soon } from '../network-lab.conformance.ts'
import { createGate } from './gate.ts'
import { joinNetwork, type JoinOptions } from './join.ts'
import { createNode } from './node.ts'
import { rawNode } from './raw-node.conformance.ts'
import { inboundOf, namesOf } from './settings.ts'
import { generateKeyPair } from '@libp2p/crypto/keys'

const LOOPBACK = parseMultiaddr('/ip4/127.0.0.1/tcp/0')

const join = (tuning: Partial<NetworkTuning> = {}, options: Partial<JoinOptions> = {}): Promise<Network> =>
  joinNetwork({ listen: [LOOPBACK], bootstrap: [], mdns: false, clock: realClock, signal: soon(), tuning: { ...USUAL_TUNING, ...tuning }, ...options })

const addressOf = (network: Network): Multiaddr => {
  const [address] = network.addresses()
  assert(address !== undefined)
  return address
}

test('Where there are as many connections as there may be, the next one is refused, until somebody leaves', async () => {
  assert.equal(inboundOf({ maxConnections: 5 }), 3)
  await using hub = await join({ maxConnections: 5 })
  const guests = await Promise.all([0, 1, 2].map(() => join()))
  await using late = await join()
  for (const guest of guests) await guest.dial(addressOf(hub), soon())
  await until('all three are there', () => guests.every(({ self }) => sees(hub, self)))
  await assert.rejects(late.dial(addressOf(hub), soon()), hasCode('peer-unreachable'))
  await guests[0]?.[Symbol.asyncDispose]()
  await until('there is room', () => hub.peers().length === 2)
  await late.dial(addressOf(hub), soon())
  await Promise.all(guests.map((guest) => guest[Symbol.asyncDispose]()))
})

test('A node that is no server of the DHT is in nobody\'s table', async () => {
  await using raw = await rawNode()
  await using server = await join()
  await using client = await join({ isDhtServer: false })
  const { routingTable } = raw.node.services.dht as unknown as { routingTable: { find(peer: unknown, options: object): Promise<unknown> } }
  const isInTable = async ({ self }: Network): Promise<boolean> => (await routingTable.find(peerIdFromString(self), { signal: soon() })) !== undefined
  for (const network of [client, server]) await raw.node.dial(multiaddr(addressOf(network)))
  await until('the server is in the table', () => isInTable(server))
  assert.equal(await isInTable(client), false)
  const protocols = async ({ self }: Network): Promise<readonly string[]> => (await raw.node.peerStore.get(peerIdFromString(self))).protocols
  await until('the client is known', async () => (await protocols(client)).includes('/ggen/id/1.0.0'))
  assert(!(await protocols(client)).includes('/ggen/main/kad/1') && (await protocols(server)).includes('/ggen/main/kad/1'))
})

test('The mesh of gossip is as large as was wanted, in the terms of the library', async () => {
  const key = await generateKeyPair('Ed25519')
  const tuning = { ...USUAL_TUNING, meshSize: 8, meshLow: 2, meshHigh: 16, heartbeatMs: 2000, historyGossip: 5 }
  const node = await createNode({ key, names: namesOf('main'), listen: [], light: true, gate: createGate('self', realClock), clock: realClock, tuning })
  const { opts } = node.services.pubsub as unknown as { opts: Readonly<Record<string, unknown>> }
  const { D, Dlo, Dhi, Dout, heartbeatInterval, mcacheGossip } = opts
  assert.deepEqual({ D, Dlo, Dhi, Dout, heartbeatInterval, mcacheGossip }, { D: 8, Dlo: 2, Dhi: 16, Dout: 1, heartbeatInterval: 2000, mcacheGossip: 5 })
})

test('Opening a connection takes no longer than it may', async () => {
  const silent = createServer().listen(0, '127.0.0.1')
  await once(silent, 'listening')
  const address = silent.address()
  assert(address !== null && typeof address === 'object')
  await using impatient = await join({ connectionTimeoutMs: 200 })
  const startedMs = performance.now()
  const isSo = (error: unknown): boolean => hasCode('timeout')(error) || hasCode('peer-unreachable')(error)
  await assert.rejects(impatient.dial(parseMultiaddr(`/ip4/127.0.0.1/tcp/${address.port}`), soon()), isSo)
  assert(performance.now() - startedMs < 4000, 'the usual time is ten seconds')
  silent.close()
})

test('A question takes no longer than it may', async () => {
  await using server = await join()
  await using client = await join({ requestTimeoutMs: 200 }, { bootstrap: [addressOf(server)] })
  await until('they are connected', () => sees(client, server.self) && sees(server, client.self))
  const never = Promise.withResolvers<Uint8Array>()
  server.answer('/ggen/have/1', () => never.promise)
  const startedMs = performance.now()
  await assert.rejects(client.ask(server.self, '/ggen/have/1', bytes('?'), soon()), hasCode('timeout'))
  assert(performance.now() - startedMs < 4000, 'the usual time is ten seconds')
  never.resolve(bytes('late'))
})

test('Each connection is tried as often as was wanted', async () => {
  await using raw = await rawNode()
  let pings = 0
  await raw.node.unhandle('/ggen/ping/1.0.0')
  await raw.node.handle('/ggen/ping/1.0.0', (stream) => {
    pings += 1
    stream.addEventListener('message', ({ data }) => {
      if (stream.status === 'open') stream.send(data)
    })
  })
  await using restless = await join({ idleTimeoutMs: 50 })
  await restless.dial(raw.address, soon())
  await until('it was tried several times', () => pings >= 3)
})
