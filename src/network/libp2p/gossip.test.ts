import { LIMITS } from '#core'
import type { Network } from '#network'
import { until } from '#testing'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { bytes, realClock, sees, soon, text } from '../network-lab.conformance.ts'
import { Gossip } from './gossip.ts'
import { honest, rawNode, type RawNode } from './raw-node.conformance.ts'
import { GOSSIP, namesOf } from './settings.ts'
import { overriding } from './shields.ts'
import { Tasks } from './tasks.ts'

const { topic } = namesOf('main')

/** A raw node that is connected and heard: without a stream of its own, what it publishes is dropped on its side. */
const join = async (raw: RawNode, network: Network): Promise<void> => {
  const { pubsub } = raw.node.services
  pubsub.subscribe(topic)
  await raw.connect(network)
  await until('the subscription is known and a stream is open', () => pubsub.getSubscribers(topic).some((peer) => pubsub.streamsOutbound.has(peer.toString())))
}

test('A peer whose messages are rejected is banned, and honest ones are heard before and after', async () => {
  await using victim = await honest()
  await using friend = await honest()
  await using attacker = await rawNode()
  const heard: string[] = []
  victim.listen(async (message) => {
    if (!text(message).startsWith('good')) return 'reject'
    heard.push(text(message))
    return 'accept'
  })
  const [address] = victim.addresses()
  assert(address !== undefined)
  await friend.dial(address, soon())
  await until('the friend is there', async () => (await friend.announce(bytes('good 1'))) > 0)
  await until('the friend is heard', () => heard.length === 1)
  await join(attacker, victim)
  let sent = 0
  await until('the attacker is out', async () => {
    await attacker.node.services.pubsub.publish(topic, bytes(`forged ${(sent += 1)}`))
    return !sees(victim, attacker.self)
  })
  assert(sent >= 5 && sent < 10, `${sent} messages`)
  await friend.announce(bytes('good 2'))
  await until('the friend is still heard', () => heard.length === 2)
  await assert.rejects(attacker.stream(victim.self, '/ggen/feed/1'))
})

test('A message is not taken for sent while the stream to its only listener is still being opened', async () => {
  await using raw = await rawNode()
  const { pubsub } = raw.node.services
  const streams = new Map<string, unknown>()
  const published: Uint8Array[] = []
  const listener = { toString: () => 'listener' } as ReturnType<typeof pubsub.getSubscribers>[number]
  const publish = async (_topic: string, data?: Uint8Array) => (published.push(data ?? new Uint8Array()), { recipients: [listener] })
  const tasks = new Tasks(undefined)
  const slow = overriding(pubsub, { getSubscribers: () => [listener], streamsOutbound: streams, publish })
  const gossip = new Gossip({ pubsub: slow, topic, clock: realClock, tasks, hasPeers: () => true, strike: () => undefined })
  assert.equal(await gossip.announce(bytes('early')), 0)
  assert.deepEqual(published, [])
  const announcing = gossip.announce(bytes('early'))
  streams.set('listener', {})
  assert.equal(await announcing, 1)
  await tasks.end(new Error('over'))
})

test('A flood of messages costs what the limits allow, and ends with its sender unharmed but unheard', async () => {
  await using victim = await honest()
  await using attacker = await rawNode()
  let judged = 0
  victim.listen(async () => ((judged += 1), 'ignore'))
  await join(attacker, victim)
  let sent = 0
  const flood = async (): Promise<void> => {
    for (const end = sent + 4 * GOSSIP.messages.burst; sent < end; sent += 1) await attacker.node.services.pubsub.publish(topic, bytes(`flood ${sent}`))
  }
  await until('the first burst is judged', async () => {
    await flood()
    return judged >= GOSSIP.messages.burst
  })
  victim.answer('/ggen/have/1', async (question) => question)
  assert(judged < sent, `${judged} of ${sent}`)
  assert(sees(victim, attacker.self))
})

test('So many messages wait for a judge and no more', async () => {
  const waiting = Promise.withResolvers<'accept'>()
  await using raw = await rawNode()
  await using other = await rawNode()
  const reports: string[] = []
  const tasks = new Tasks(undefined)
  const report = (_id: string, _from: string, result: string): void => void reports.push(result)
  const pubsub = Object.assign(raw.node.services.pubsub, { reportMessageValidationResult: report })
  const gossip = new Gossip({ pubsub, topic, clock: realClock, tasks, hasPeers: () => true, strike: () => undefined })
  gossip.listen(() => waiting.promise)
  for (let index = 0; index < LIMITS.pendingQuestions + 3; index += 1) {
    const msg = { type: 'unsigned', topic, data: Uint8Array.of(index) } as const
    pubsub.dispatchEvent(new CustomEvent('gossipsub:message', { detail: { msg, msgId: `${index}`, propagationSource: other.node.peerId } }))
  }
  await until('the surplus is ignored', () => reports.length === 3)
  assert.deepEqual([...new Set(reports)], ['ignore'])
  waiting.resolve('accept')
  await until('the others get their verdict', () => reports.length === LIMITS.pendingQuestions + 3)
  assert.equal(reports.filter((report) => report === 'accept').length, LIMITS.pendingQuestions)
  assert.throws(() => gossip.listen(async () => 'accept'), assert.AssertionError)
  await tasks.end(new Error('over'))
})

test('Many nodes behind one address keep hearing each other', async () => {
  await using all = new AsyncDisposableStack()
  const nodes = await Promise.all(Array.from({ length: 14 }, async () => all.use(await honest())))
  const heard = new Set<string>()
  for (const node of nodes) node.listen(async (message) => (text(message) === 'to all' && heard.add(node.self), 'accept'))
  const [first, ...others] = nodes
  const [address] = first?.addresses() ?? []
  assert(first !== undefined && address !== undefined)
  for (const other of others) await other.dial(address, soon())
  let probes = 0
  await until('everybody has subscribed', async () => (await first.announce(bytes(`probe ${(probes += 1)}`))) === others.length)
  await first.announce(bytes('to all'))
  await until('everybody is reached', () => heard.size === others.length)
})
