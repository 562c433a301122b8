import { LIMITS, type Multiaddr, parseMultiaddr } from '#core'
import type { Network } from '#network'
import { realClock, TestClock, until } from '#testing'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sees, soon } from '../network-lab.conformance.ts'
import { joinNetwork } from './join.ts'
import { lookAround } from './look-around.ts'
import { PEERS } from './settings.ts'

const WANTED = 3
const tick = (): Promise<unknown> => new Promise(setImmediate)

/** A node whose peers come and go when the test says so. */
const open = () => {
  const clock = new TestClock()
  const controller = new AbortController()
  const asked: number[] = []
  let change = Promise.withResolvers<void>()
  let peers = 0
  const ended = assert.rejects(lookAround({
    clock, fraction: () => 0.999_999, wanted: WANTED,
    count: () => peers,
    changed: () => (change = Promise.withResolvers<void>()).promise,
    meet: async () => {
      asked.push(clock.monotonic())
      if (asked.length % 2 === 0) throw new Error('it left')
    },
  }, controller.signal), { message: 'over' })
  return {
    clock, asked,
    become: async (count: number) => {
      peers = count
      change.resolve()
      await tick()
    },
    advance: async (ms: number) => (clock.advance(ms), tick()),
    stop: async () => {
      controller.abort(new Error('over'))
      change.reject(controller.signal.reason)
      await ended
    },
  }
}

test('Who has some peers and not enough of them asks for others, ever more patiently, whatever becomes of it', async () => {
  const { asked, become, advance, stop } = open()
  await advance(10 * PEERS.lonelyRetryMs)
  assert.deepEqual(asked, [], 'there is nobody to ask')
  await become(1)
  for (const [index, waitMs] of [1, 2, 4, 8, 16, 32].map((times) => times * LIMITS.reconnectFirstMs).concat(PEERS.lonelyRetryMs).entries()) {
    await advance(waitMs - 1)
    assert.equal(asked.length, index)
    await advance(1)
    assert.equal(asked.length, index + 1)
  }
  await stop()
})

test('Who has enough peers asks nobody before one leaves', async () => {
  const { asked, become, advance, stop } = open()
  await become(WANTED)
  await advance(10 * PEERS.lonelyRetryMs)
  assert.equal(asked.length, 0)
  await become(WANTED - 1)
  await advance(LIMITS.reconnectFirstMs)
  assert.equal(asked.length, 1)
  await stop()
})

test('Two who know the same node connect to each other, also when both were there before it heard of either', { timeout: 60_000 }, async () => {
  const listen = [parseMultiaddr('/ip4/127.0.0.1/tcp/0')]
  const join = (bootstrap: readonly Multiaddr[] = []): Promise<Network> => joinNetwork({ listen, bootstrap, mdns: false, clock: realClock, signal: soon() })
  await using hub = await join()
  await using first = await join(hub.addresses())
  await using second = await join()
  // By now the library of each has looked, and looks again in five minutes.
  const started = realClock.monotonic()
  await until('both have been there for a while', () => sees(first, hub.self) && realClock.monotonic() - started > 3000, 30_000)
  assert.equal(await second.dial(hub.addresses()[0] ?? assert.fail(), soon()), hub.self)
  await until('they have met', () => sees(first, second.self) && sees(second, first.self), 40_000)
})
