import { type Anchor, Events, type GgenEvent, LIMITS, type Multiaddr, parseMultiaddr } from '#core'
import type { Network } from '#network'
import { until } from '#testing'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { realClock, sees, soon } from '../network-lab.conformance.ts'
import { type AnchorFile } from './anchors.ts'
import { joinNetwork, type JoinOptions } from './join.ts'

const join = (host: string, more: Partial<JoinOptions> = {}): Promise<Network> =>
  joinNetwork({ listen: [parseMultiaddr(`/ip4/${host}/tcp/0`)], bootstrap: [], mdns: false, clock: realClock, signal: soon(), ...more })

const plain = (network: Network): Multiaddr => parseMultiaddr((network.addresses()[0] ?? assert.fail()).replace(/\/p2p\/.*/, ''))

const memoryFile = (anchors: readonly Anchor[] = []): AnchorFile & { kept: readonly Anchor[] } => {
  const file = {
    kept: anchors,
    read: async () => file.kept,
    write: async (written: readonly Anchor[]) => {
      file.kept = written
    },
  }
  return file
}

const known = (network: Network, ageMs: number): Anchor => ({ peer: network.self, address: plain(network), since: Date.now() - ageMs, seen: Date.now() })

test('A node that starts connects to peers of long standing in different networks first, and needs nobody else for that', async () => {
  await using others = new AsyncDisposableStack()
  const nodes: Network[] = []
  for (const host of ['127.1.0.1', '127.1.0.2', '127.2.0.1', '127.3.0.1', '127.4.0.1']) nodes.push(others.use(await join(host)))
  const [one, twin, two, three, young] = nodes
  assert(one !== undefined && twin !== undefined && two !== undefined && three !== undefined && young !== undefined)
  const day = LIMITS.anchorAgeMs + 1000
  const file = memoryFile([...[one, twin, two, three].map((node) => known(node, day)), known(young, day / 2)])
  await using node = await join('127.9.0.1', { anchors: file })
  await until('it has three anchors', () => [two, three].every(({ self }) => sees(node, self)) && (sees(node, one.self) || sees(node, twin.self)))
  assert(node.peers().every(({ peer }) => peer !== young.self))
  assert.equal(node.peers().filter(({ peer }) => peer === one.self || peer === twin.self).length, 1)
})

test('Whom a node dials is remembered when it ends, with the time at which it was met first; who dials it is not', async () => {
  await using dialled = await join('127.1.0.1')
  await using dialling = await join('127.2.0.1')
  const file = memoryFile()
  const node = await join('127.9.0.1', { anchors: file, bootstrap: dialled.addresses() })
  await dialling.dial(node.addresses()[0] ?? assert.fail(), soon())
  await until('both are there', () => sees(node, dialled.self) && sees(node, dialling.self))
  await node[Symbol.asyncDispose]()
  assert.deepEqual(file.kept.map(({ peer, address }) => [peer, address]), [[dialled.self, plain(dialled)]])
  const [first] = file.kept
  const again = await join('127.9.0.1', { anchors: file, bootstrap: dialled.addresses() })
  await until('it is back', () => sees(again, dialled.self))
  await again[Symbol.asyncDispose]()
  assert.equal(file.kept[0]?.since, first?.since)
})

test('A file that is damaged is none and is reported, as one that cannot be written is; the node runs all the same', async () => {
  const events = new Events()
  const failures: GgenEvent[] = []
  events.subscribe((event) => event.type === 'task-failed' && failures.push(event))
  await using other = await join('127.1.0.1')
  const broken: AnchorFile = { read: async () => Promise.reject(new Error('damaged')), write: async () => Promise.reject(new Error('full')) }
  const node = await join('127.9.0.1', { anchors: broken, events, bootstrap: other.addresses() })
  await until('it is connected', () => sees(node, other.self))
  await node[Symbol.asyncDispose]()
  assert.deepEqual(failures.map((event) => event.type === 'task-failed' && event.task), ['read the anchors', 'write the anchors'])
})

test('An anchor at an address that nobody may name any more is not dialled', async () => {
  await using other = await join('127.1.0.1')
  const file = memoryFile([known(other, LIMITS.anchorAgeMs + 1000)])
  await using node = await join('0.0.0.0', { anchors: file })
  const isOnlyHere = node.addresses().every((address) => address.includes('/127.'))
  if (isOnlyHere) await until('it is connected', () => sees(node, other.self))
  else {
    await using third = await join('127.2.0.1')
    await node.dial(third.addresses()[0] ?? assert.fail(), soon())
    assert(!sees(node, other.self))
  }
})
