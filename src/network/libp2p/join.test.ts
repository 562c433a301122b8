import { Events, type GgenEvent, type Multiaddr, parseMultiaddr, parsePeerId } from '#core'
import type { Network } from '#network'
import { until } from '#testing'
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { bytes, changesOf, hasCode, realClock, sees, soon, text } from '../network-lab.conformance.ts'
import { generatePeerKey, joinNetwork, type JoinOptions } from './join.ts'

const join = (options: Partial<JoinOptions> = {}): Promise<Network> =>
  joinNetwork({ listen: [parseMultiaddr('/ip4/127.0.0.1/tcp/0')], bootstrap: [], mdns: false, clock: realClock, signal: soon(), ...options })

const addressOf = (network: Network): Multiaddr => {
  const [address] = network.addresses()
  assert(address !== undefined)
  return address
}

test('A node keeps its id with its key', async () => {
  const privateKey = await generatePeerKey()
  const first = await join({ privateKey })
  await first[Symbol.asyncDispose]()
  await using second = await join({ privateKey })
  assert.equal(second.self, first.self)
  await using other = await join()
  assert.notEqual(other.self, first.self)
})

test('A damaged key, a bad network name and an address that nobody can listen on are refused', async () => {
  await assert.rejects(join({ privateKey: bytes('not a key') }), hasCode('config-invalid'))
  for (const networkName of ['', 'UPPER', 'a/b', 'x'.repeat(33)]) await assert.rejects(join({ networkName }), hasCode('config-invalid'), networkName)
  await assert.rejects(join({ listen: [parseMultiaddr('/ip4/192.0.2.1/tcp/0')] }), hasCode('config-invalid'))
})

test('A taken port is named as such, and leaves nothing running', async () => {
  await using first = await join()
  const listen = [parseMultiaddr(addressOf(first).replace(/\/p2p\/.*/, ''))]
  await assert.rejects(join({ listen }), hasCode('port-in-use'))
  await first[Symbol.asyncDispose]()
  await using second = await join({ listen })
  assert.deepEqual(second.addresses().map((address) => address.replace(/\/p2p\/.*/, '')), listen)
})

test('A node without gossip tells nobody what it announces, hears nothing and has no topic, and still asks and answers', async () => {
  await using hub = await join()
  await using quiet = await join({ gossip: false, bootstrap: [addressOf(hub)] })
  await using other = await join({ bootstrap: [addressOf(hub)] })
  await until('all are connected', () => sees(hub, quiet.self) && sees(hub, other.self) && sees(quiet, hub.self))
  const heard: string[] = []
  for (const [who, network] of Object.entries({ hub, quiet })) {
    network.listen(async () => (heard.push(who), 'accept'))
  }
  assert.equal(await quiet.announce(bytes('from the quiet one')), 0)
  await until('others hear each other', async () => (await other.announce(bytes(`${heard.length}`))) > 0 && heard.length > 0)
  assert.deepEqual([...new Set(heard)], ['hub'])
  assert.deepEqual(quiet.stats().topics, [])
  quiet.answer('/ggen/have/1', async (question) => question)
  assert.equal(text(await hub.ask(quiet.self, '/ggen/have/1', bytes('x'), soon())), 'x')
})

test('Joining can be given up', async () => {
  await assert.rejects(join({ signal: AbortSignal.abort() }), hasCode('cancelled'))
})

test('A node that only dials has no address and still asks and answers', async () => {
  await using server = await join()
  await using client = await join({ listen: [], light: true, bootstrap: [addressOf(server)] })
  await until('they are connected', () => sees(client, server.self) && sees(server, client.self))
  assert.deepEqual(client.addresses(), [])
  client.answer('/ggen/have/1', async (question) => question)
  assert.equal(text(await server.ask(client.self, '/ggen/have/1', bytes('x'), soon())), 'x')
})

test('A bootstrap peer that comes later, goes and comes again on its port is connected each time', async () => {
  const privateKey = await generatePeerKey()
  const early = await join({ privateKey })
  const address = addressOf(early)
  const listen = [parseMultiaddr(address.replace(/\/p2p\/.*/, ''))]
  await early[Symbol.asyncDispose]()
  const events = new Events()
  const failures: GgenEvent[] = []
  events.subscribe((event) => {
    if (event.type === 'task-failed') failures.push(event)
  })
  await using loyal = await join({ bootstrap: [address], events })
  const changes = changesOf(loyal)
  await until('its absence is reported', () => failures.length === 1)
  for (let round = 0; round < 2; round += 1) {
    await using boot = await join({ privateKey, listen })
    await until('it is connected', () => sees(loyal, boot.self))
    await boot[Symbol.asyncDispose]()
    await until('its end is noticed', () => !sees(loyal, boot.self))
  }
  assert.deepEqual(changes.map(({ type }) => type), ['connected', 'disconnected', 'connected', 'disconnected'])
})

test('A node that is alone says at once that a peer which it does not know cannot be reached', async () => {
  await using alone = await join()
  const startedMs = performance.now()
  const stranger = parsePeerId('12D3KooWDpJ7As7BWAwRMfu1VU2WCqNjvq387JEYKDBj4kx6nXTN')
  await assert.rejects(alone.ask(stranger, '/ggen/have/1', bytes('?'), soon()), hasCode('peer-unreachable'))
  assert(performance.now() - startedMs < 3000)
})

test('Nodes of different networks do not keep each other company', async () => {
  await using one = await join({ networkName: 'one' })
  await using two = await join({ networkName: 'two', bootstrap: [addressOf(one)] })
  await assert.rejects(two.dial(addressOf(one), soon()), hasCode('peer-unreachable'))
  assert.deepEqual([one.peers(), two.peers()], [[], []])
})

const SCRIPT = `
import { parseMultiaddr } from '#core'
import { realClock as clock } from '${import.meta.resolve('../network-lab.conformance.ts')}'
const usedMb = () => (global.gc(), process.memoryUsage().rss / 1_000_000)
const before = usedMb()
const { joinNetwork } = await import('#network/libp2p')
const listen = [parseMultiaddr('/ip4/127.0.0.1/tcp/0')]
const join = (bootstrap) => joinNetwork({ listen, bootstrap, mdns: true, networkName: 'exit-' + process.pid, clock, signal: AbortSignal.timeout(20_000) })
const alone = await join([])
console.log(Math.round(usedMb() - before))
const other = await join(alone.addresses())
await new Promise((resolve) => other.onPeer(resolve))
await alone[Symbol.asyncDispose]()
await other[Symbol.asyncDispose]()
`

// A bare process has 45 MB, our own code 10, and the rest of 120 is for the libraries of a node.
test('A process ends by itself when its nodes have left, and a node adds less than 65 MB to it', async () => {
  const options = ['--conditions=ggen-source', '--max-semi-space-size=2', '--expose-gc', '--input-type=module-typescript', '--eval', SCRIPT]
  const { stdout } = await promisify(execFile)(process.execPath, options, { signal: soon() })
  const addedMb = Number(stdout)
  assert(addedMb > 10 && addedMb < 65, `${addedMb} MB`)
})

test('A node does not ban by itself whom it was told to connect to, named by its id or only by where it is', async () => {
  await using named = await join()
  await using met = await join()
  const place = parseMultiaddr(addressOf(met).replace(/\/p2p\/.*/, ''))
  await using node = await join({ bootstrap: [addressOf(named), place] })
  await using other = await join()
  await node.dial(addressOf(other), soon())
  await until('all are connected', () => [named, met, other].every(({ self }) => sees(node, self)))
  for (const { self } of [named, met, other]) node.ban(self, 'wrong bytes')
  assert.deepEqual([named, met, other].map(({ self }) => node.admits(self)), [true, true, false])
  node.access.ban(named.self, { reason: 'the user says so' })
  assert(!node.admits(named.self))
})
