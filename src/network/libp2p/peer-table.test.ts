import { Events, type GgenEvent, type PeerId } from '#core'
import { TestClock, until } from '#testing'
import { createLibp2p } from 'libp2p'
import { noise } from '@libp2p/noise'
import { peerIdFromString } from '@libp2p/peer-id'
import { tcp } from '@libp2p/tcp'
import { yamux } from '@libp2p/yamux'
import { multiaddr } from '@multiformats/multiaddr'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { hasCode, sees, soon } from '../network-lab.conformance.ts'
import { PeerTable, toMultiaddr } from './peer-table.ts'
import { honest, rawNode } from './raw-node.conformance.ts'
import { namesOf, PEERS } from './settings.ts'
import { Tasks } from './tasks.ts'

test('Nodes of another network are let go', async () => {
  await using one = await honest()
  await using other = await rawNode('elsewhere')
  await other.connect(one)
  await until('they part', () => other.node.getConnections().length === 0)
  assert(!sees(one, peerIdFromString(other.self).toString() as typeof one.self))
  await assert.rejects(one.dial(other.address, soon()), hasCode('peer-unreachable'))
})

test('A peer that never says who it is is let go after a while', async () => {
  const clock = new TestClock()
  await using raw = await rawNode()
  const tasks = new Tasks(undefined)
  const table = new PeerTable({ node: raw.node, clock, tasks, events: undefined, agent: namesOf('main').agent, onAddress: () => undefined })
  const connectionGater = { denyDialMultiaddr: () => false }
  const mute = await createLibp2p({ transports: [tcp()], connectionEncrypters: [noise()], streamMuxers: [yamux()], connectionGater })
  await using all = new AsyncDisposableStack()
  all.defer(() => mute.stop())
  all.defer(() => tasks.end(new Error('over')))
  await mute.dial(multiaddr(raw.address))
  await until('the connection is there', () => raw.node.getConnections().length === 1)
  const stranger = mute.peerId.toString() as PeerId
  assert.match(table.addressOf(stranger) ?? '', /^\/ip4\/127\.0\.0\.1\/tcp\//, 'where it is is known at once')
  clock.advance(PEERS.identifyMs - 1)
  assert.equal(raw.node.getConnections().length, 1)
  clock.advance(1)
  await until('it is closed', () => raw.node.getConnections().length === 0)
  assert.deepEqual([table.list(), table.addressOf(stranger)], [[], undefined])
})

test('Coming and going are events for everybody who watches the node', async () => {
  const events = new Events()
  const seen: GgenEvent[] = []
  events.subscribe((event) => seen.push(event))
  await using one = await honest(events)
  await using other = await honest()
  const [address] = one.addresses()
  assert(address !== undefined)
  await other.dial(address, soon())
  await until('one sees the other', () => sees(one, other.self))
  await other[Symbol.asyncDispose]()
  await until('one sees it go', () => seen.length === 2)
  const told = seen.map((event) => [event.type, 'peer' in event ? event.peer : undefined])
  assert.deepEqual(told, [['peer-connected', other.self], ['peer-disconnected', other.self]])
})

test('The round trip to a peer is measured soon after it came', async () => {
  await using one = await honest()
  await using other = await honest()
  const [address] = one.addresses()
  assert(address !== undefined)
  await other.dial(address, soon())
  await until('it is measured', () => other.peers()[0]?.latencyMs !== undefined)
  assert((other.peers()[0]?.latencyMs ?? -1) >= 0)
})

test('Addresses of kinds that we do not know are left out', () => {
  assert.equal(toMultiaddr(multiaddr('/ip4/1.2.3.4/tcp/1')), '/ip4/1.2.3.4/tcp/1')
  assert.equal(toMultiaddr(multiaddr('/unix/var%2Fsocket')), undefined)
})
