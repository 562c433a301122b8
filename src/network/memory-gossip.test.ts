import { type Clock, Events, type GgenEvent, LIMITS, type PeerId } from '#core'
import { TestClock } from '#testing'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { bytes, text } from './network-lab.conformance.ts'
import { MemoryGossip } from './memory-gossip.ts'

const [SELF, SOURCE] = ['self', 'source'] as unknown as readonly [PeerId, PeerId]
const tick = (): Promise<unknown> => new Promise(setImmediate)

/** Gossip between a source and two neighbours; what they are handed is written down. */
const open = (clock: Clock = new TestClock()) => {
  const handed: string[] = []
  const seen: GgenEvent[] = []
  const events = new Events()
  events.subscribe((event) => seen.push(event))
  const ended = new AbortController()
  const neighbours = ['source', 'one', 'two'].map((name) => {
    const receive = (message: Uint8Array): void => void handed.push(`${name}: ${text(message)}`)
    return { self: name as PeerId, receive }
  })
  const gossip = new MemoryGossip({ self: SELF, clock, events, ended: ended.signal, neighbours: () => neighbours, travel: async () => undefined })
  return { gossip, handed, seen, ended }
}

test('An accepted message goes to everybody but its sender, once', async () => {
  const { gossip, handed } = open()
  gossip.listen(async () => 'accept')
  for (let count = 0; count < 3; count += 1) gossip.receive(bytes('x'), SOURCE)
  await tick()
  assert.deepEqual(handed, ['one: x', 'two: x'])
})

test('An own message goes to everybody and is not judged when it comes back', async () => {
  const { gossip, handed } = open()
  let judged = 0
  gossip.listen(async () => ((judged += 1), 'accept'))
  assert.equal(gossip.announce(bytes('mine')), 3)
  assert.equal(gossip.announce(bytes('mine')), 0)
  gossip.receive(bytes('mine'), SOURCE)
  await tick()
  assert.deepEqual([judged, handed], [0, ['source: mine', 'one: mine', 'two: mine']])
})

test('A judge that is too slow counts as one that ignores', async () => {
  const clock = new TestClock()
  const { gossip, handed } = open(clock)
  const verdict = Promise.withResolvers<'accept'>()
  gossip.listen(() => verdict.promise)
  gossip.receive(bytes('x'), SOURCE)
  clock.advance(LIMITS.askTimeoutMs)
  await tick()
  verdict.resolve('accept')
  await tick()
  assert.deepEqual(handed, [])
})

test('So many messages wait for a judge and no more', async () => {
  const { gossip, handed } = open()
  const verdict = Promise.withResolvers<'accept'>()
  gossip.listen(() => verdict.promise)
  for (let index = 0; index < LIMITS.pendingQuestions + 5; index += 1) gossip.receive(bytes(`${index}`), SOURCE)
  verdict.resolve('accept')
  await tick()
  assert.equal(handed.length, 2 * LIMITS.pendingQuestions)
})

test('The failure of a judge is reported at home', async () => {
  const { gossip, handed, seen } = open()
  gossip.listen(async () => {
    throw new TypeError('a defect')
  })
  gossip.receive(bytes('x'), SOURCE)
  await tick()
  assert.deepEqual([handed.length, seen.map((event) => event.type)], [0, ['task-failed']])
})

test('After the end nothing is taken and nothing handed on', async () => {
  const { gossip, handed, ended } = open()
  const verdict = Promise.withResolvers<'accept'>()
  gossip.listen(() => verdict.promise)
  gossip.receive(bytes('x'), SOURCE)
  ended.abort(new Error('over'))
  verdict.resolve('accept')
  gossip.receive(bytes('y'), SOURCE)
  await tick()
  assert.deepEqual(handed, [])
})
