import type { Clock } from '#core'
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { bytes, changesOf, hasCode, type NetworkLab, sees, soon } from './network-lab.conformance.ts'
import { type MemoryHub, memoryHub } from './memory-network.ts'
import { networkConformance } from './network.conformance.ts'

/** Time that stands still: nothing in memory may need it to pass. */
const stillClock: Clock = {
  now: () => 1_000_000,
  monotonic: () => 0,
  wait: (_ms, signal) => new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true })),
  timeout: () => new AbortController().signal,
}

const openLab = async (): Promise<NetworkLab> => {
  const hub = memoryHub({ clock: stillClock })
  return {
    node: async ({ events, access } = {}) => hub.join({ ...(events !== undefined && { events }), ...(access !== undefined && { access }) }),
    connect: async (from, to) => hub.link(from.self, to.self),
    [Symbol.asyncDispose]: async () => undefined,
  }
}

networkConformance('memory', openLab)

/** A line of nodes whose run is written down. */
const runOf = async (hub: MemoryHub): Promise<readonly string[]> => {
  const nodes = Array.from({ length: 6 }, () => hub.join())
  const trace: string[] = []
  for (const node of nodes) {
    node.onPeer(({ type, peer }) => trace.push(`${node.self.slice(-4)} ${type} ${peer.slice(-4)}`))
    node.listen(async (message, from) => {
      trace.push(`${node.self.slice(-4)} heard ${Buffer.from(message).toString()} from ${from.slice(-4)}`)
      return 'accept'
    })
  }
  nodes.reduce((before, node) => (hub.link(before.self, node.self), node))
  const [first] = nodes
  assert(first !== undefined)
  await Promise.all([first.announce(bytes('one')), first.announce(bytes('two'))])
  await new Promise(setImmediate)
  return trace
}

describe('a network in memory', () => {
  it('runs the same way every time', async () => {
    const [once, again] = [await runOf(memoryHub({ clock: stillClock })), await runOf(memoryHub({ clock: stillClock }))]
    assert.equal(once.length, 10 + 10)
    assert.deepEqual(once, again)
  })

  it('keeps a pair apart after a cut until it is linked again', async () => {
    const hub = memoryHub({ clock: stillClock })
    const [alice, bob] = [hub.join(), hub.join()]
    hub.link(alice.self, bob.self)
    const changes = changesOf(alice)
    hub.cut(bob.self, alice.self)
    assert.deepEqual([changes[0]?.type, sees(alice, bob.self), sees(bob, alice.self)], ['disconnected', false, false])
    const [address] = bob.addresses()
    assert(address !== undefined)
    await assert.rejects(alice.dial(address, soon()), hasCode('peer-unreachable'))
    await assert.rejects(alice.ask(bob.self, '/ggen/have/1', bytes('x'), soon()), hasCode('peer-unreachable'))
    hub.link(alice.self, bob.self)
    assert(sees(bob, alice.self))
  })

  it('dials a peer that is asked without being linked', async () => {
    const hub = memoryHub({ clock: stillClock })
    const [alice, bob] = [hub.join(), hub.join()]
    bob.answer('/ggen/have/1', async (question) => question)
    assert.deepEqual(await alice.ask(bob.self, '/ggen/have/1', bytes('x'), soon()), bytes('x'))
    assert(sees(bob, alice.self))
  })

  it('ends a crashed node for everybody', async () => {
    const hub = memoryHub({ clock: stillClock })
    const [alice, bob] = [hub.join(), hub.join()]
    hub.link(alice.self, bob.self)
    hub.crash(bob.self)
    assert.deepEqual(alice.peers(), [])
    await assert.rejects(bob.announce(bytes('x')), hasCode('cancelled'))
    assert.throws(() => hub.link(alice.self, bob.self), hasCode('peer-unreachable'))
  })

  it('lets time pass between question and answer where it has a latency', async () => {
    const waits: number[] = []
    const clock: Clock = { ...stillClock, wait: async (ms) => void waits.push(ms) }
    const hub = memoryHub({ clock, latencyMs: 25 })
    const [alice, bob] = [hub.join(), hub.join()]
    bob.answer('/ggen/have/1', async (question) => question)
    hub.link(alice.self, bob.self)
    await alice.ask(bob.self, '/ggen/have/1', bytes('x'), soon())
    assert.deepEqual(waits, [25, 25])
    assert.equal(alice.peers()[0]?.latencyMs, 50)
  })
})
