import { parseMultiaddr, type PeerId } from '#core'
import type { Network } from '#network'
import { until } from '#testing'
import { generateKeyPair } from '@libp2p/crypto/keys'
import { peerIdFromPrivateKey, peerIdFromString } from '@libp2p/peer-id'
import { multiaddr } from '@multiformats/multiaddr'
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { realClock, sees, soon } from '../network-lab.conformance.ts'
import { createGate } from './gate.ts'
import { joinNetwork } from './join.ts'
import { Neighbours } from './neighbours.ts'
import { rawNode } from './raw-node.conformance.ts'
import { LAN } from './settings.ts'
import { Tasks } from './tasks.ts'

const neighbour = (networkName: string): Promise<Network> =>
  joinNetwork({ listen: [parseMultiaddr('/ip4/127.0.0.1/tcp/0')], bootstrap: [], mdns: true, networkName, clock: realClock, signal: soon() })

test('Two nodes of one network find each other on the local network, and leave the others alone', async () => {
  const name = `test-${randomBytes(6).toString('hex')}`
  await using one = await neighbour(name)
  await using two = await neighbour(name)
  await using stranger = await neighbour(`${name}-x`)
  await until('they see each other', () => sees(one, two.self) && sees(two, one.self))
  assert.deepEqual([one.peers().length, two.peers().length, stranger.peers().length], [1, 1, 0])
})

test('Finds are dialled a few at a time, and those that are connected not again', async () => {
  await using raw = await rawNode()
  const tasks = new Tasks(undefined)
  const dials: string[] = []
  const node = new Proxy(raw.node, { get: (real, key) => (key === 'dial' ? async (to: unknown[]) => void dials.push(String(to[0])) : Reflect.get(real, key)) })
  const connected = new Set<PeerId>()
  const gate = createGate(raw.self, realClock)
  const neighbours = new Neighbours({ node, clock: { ...realClock, wait: async () => undefined }, tasks, gate, isConnected: (peer) => connected.has(peer) })
  const ids = await Promise.all(Array.from({ length: 10 }, async () => peerIdFromPrivateKey(await generateKeyPair('Ed25519'))))
  const multiaddrs = [multiaddr('/ip4/127.0.0.1/tcp/4001')]
  gate.rules.meet('/ip4/8.8.8.8/tcp/1')
  for (const id of ids) neighbours.found({ id, multiaddrs })
  await until('the first are dialled', () => dials.length === LAN.parallelDials)
  assert(gate.rules.allows('/ip4/127.0.0.1/tcp/4001'), 'the local network may name local addresses')
  const [first, second] = ids
  assert(first !== undefined && second !== undefined)
  connected.add(first.toString() as PeerId)
  neighbours.found({ id: first, multiaddrs })
  neighbours.found({ id: peerIdFromString(raw.self), multiaddrs })
  await tasks.end(new Error('over'))
  assert.equal(dials.length, LAN.parallelDials)
  assert.match(dials[0] ?? '', /^\/ip4\/127\.0\.0\.1\/tcp\/4001\/p2p\/12D3/)
})
