import { parseMultiaddr, parsePeerId } from '#core'
import { TestClock } from '#testing'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { memoryAccessRecords } from './memory-access-records.ts'
import { MemoryNode } from './memory-node.ts'
import { bytes, changesOf, hasCode, soon } from './network-lab.conformance.ts'

const IDS = ['12D3KooWDpJ7As7BWAwRMfu1VU2WCqNjvq387JEYKDBj4kx6nXTN', '12D3KooWRBhwfeP2Y4TCx1SM6s9rUoHhR5STiGwxBhgFRcw3UERE'].map(parsePeerId)

/** Two nodes that nobody connects but the test. */
const pair = (clock = new TestClock(), latencyMs = 0): readonly [MemoryNode, MemoryNode] => {
  const [alice, bob] = IDS.map((self, index) => {
    const address = parseMultiaddr(`/ip4/10.0.0.${index + 1}/tcp/4001/p2p/${self}`)
    return new MemoryNode({ self, address, clock, latencyMs, events: undefined, records: memoryAccessRecords(), connect: () => undefined })
  })
  assert(alice !== undefined && bob !== undefined)
  return [alice, bob]
}

test('A link is one link however often it is made, and both ends see it go', () => {
  const [alice, bob] = pair()
  const [ofAlice, ofBob] = [changesOf(alice), changesOf(bob)]
  alice.connect(bob)
  bob.connect(alice)
  assert.deepEqual([alice.peers().length, bob.peers()[0]?.direction], [1, 'inbound'])
  bob.disconnect(alice.self)
  bob.disconnect(alice.self)
  assert.deepEqual([ofAlice, ofBob].map((changes) => changes.map(({ type }) => type)), [['connected', 'disconnected'], ['connected', 'disconnected']])
})

test('A question is given up when its time is over', async () => {
  const clock = new TestClock()
  const [alice, bob] = pair(clock)
  bob.answer('/ggen/have/1', () => new Promise(() => undefined))
  alice.connect(bob)
  const asking = assert.rejects(alice.ask(bob.self, '/ggen/have/1', bytes('x'), soon()), hasCode('timeout'))
  await new Promise(setImmediate)
  clock.advance(10_000)
  await asking
})

test('What was handed over cannot be changed afterwards', async () => {
  const [alice, bob] = pair()
  const kept: Uint8Array[] = []
  const answer = bytes('answer')
  bob.answer('/ggen/have/1', async (question) => (kept.push(question), answer))
  alice.connect(bob)
  const question = bytes('question')
  const got = await alice.ask(bob.self, '/ggen/have/1', question, soon())
  question.fill(0)
  answer.fill(0)
  assert.deepEqual([kept[0], got], [bytes('question'), bytes('answer')])
})

test('A message takes its time', async () => {
  const clock = new TestClock()
  const [alice, bob] = pair(clock, 30)
  bob.answer('/ggen/have/1', async (question) => question)
  alice.connect(bob)
  let isAnswered = false
  const asking = alice.ask(bob.self, '/ggen/have/1', bytes('x'), soon()).then(() => (isAnswered = true))
  for (let step = 0; step < 2; step += 1) {
    await new Promise(setImmediate)
    assert.equal(isAnswered, false)
    clock.advance(30)
  }
  await asking
})
