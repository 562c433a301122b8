import { Events, type GgenEvent, LIMITS } from '#core'
import type { Network } from '#network'
import { until } from '#testing'
import type { Stream } from '@libp2p/interface'
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { bytes, hasCode, realClock, sees, soon, text } from '../network-lab.conformance.ts'
import { Answers } from './answers.ts'
import { encodeLength } from './frame.ts'
import { honest, rawNode, type RawNode } from './raw-node.conformance.ts'
import { QUESTIONS } from './settings.ts'
import { readFrame } from './stream-frames.ts'
import { Tasks } from './tasks.ts'

const PROTOCOL = '/ggen/feed/1'

interface Scene extends AsyncDisposable {
  readonly victim: Network
  readonly attacker: RawNode
  readonly asked: string[]
  readonly failures: GgenEvent[]
  /** An honest peer still gets its answer. */
  readonly stillAnswers: () => Promise<void>
}

const open = async (): Promise<Scene> => {
  const events = new Events()
  const failures: GgenEvent[] = []
  events.subscribe((event) => {
    if (event.type === 'task-failed') failures.push(event)
  })
  const [victim, friend, attacker] = [await honest(events), await honest(), await rawNode()]
  const asked: string[] = []
  victim.answer(PROTOCOL, async (question) => {
    asked.push(text(question))
    return question.length === 0 ? new Uint8Array(LIMITS.messageBytes) : question
  })
  const [address] = victim.addresses()
  assert(address !== undefined)
  await friend.dial(address, soon())
  await attacker.connect(victim)
  return {
    victim, attacker, asked, failures,
    stillAnswers: async () => assert.equal(text(await friend.ask(victim.self, PROTOCOL, bytes('still there?'), soon())), 'still there?'),
    [Symbol.asyncDispose]: async () => {
      await Promise.all([victim[Symbol.asyncDispose](), friend[Symbol.asyncDispose](), attacker[Symbol.asyncDispose]()])
    },
  }
}

const closed = (stream: Stream): Promise<boolean> => until('the stream is closed', () => stream.status !== 'open')

const answerTo = (stream: Stream): Promise<Uint8Array> => readFrame(stream, { maxBytes: LIMITS.messageBytes + 1, firstByteMs: 20_000, signal: soon() })

test('Garbage, huge promises, trailing bytes and cut questions are refused, and the peer behind them is banned', async () => {
  await using scene = await open()
  const { victim, attacker, asked, failures, stillAnswers } = scene
  const broken = [randomBytes(100_000), Uint8Array.of(0xff, 0xff, 0x7f), Uint8Array.of(1, 2, 3), Uint8Array.of(9, 1), Uint8Array.of(0x80, 0x80, 0x80, 0x80, 1)]
  for (const content of broken) {
    const stream = await attacker.stream(victim.self, PROTOCOL)
    stream.send(content)
    // The other side may have reset the stream before it could be closed.
    await Promise.allSettled([stream.close({ signal: soon() })])
    await closed(stream)
  }
  await until('the attacker is out', () => !sees(victim, attacker.self))
  await assert.rejects(attacker.stream(victim.self, PROTOCOL))
  assert.deepEqual([asked, failures], [[], []])
  await stillAnswers()
})

test('A peer can open so many streams of one protocol and no more', async () => {
  await using scene = await open()
  const { victim, attacker, stillAnswers } = scene
  const attempts = await Promise.allSettled(Array.from({ length: 3 * LIMITS.streamsPerProtocol }, () => attacker.stream(victim.self, PROTOCOL)))
  const isOpen = (attempt: PromiseSettledResult<Stream>): boolean => attempt.status === 'fulfilled' && attempt.value.status === 'open'
  await until('the surplus is reset', () => attempts.filter(isOpen).length <= LIMITS.streamsPerProtocol)
  await stillAnswers()
})

test('A peer that asks too fast hears that the node is busy, and the others do not', async () => {
  await using scene = await open()
  const { victim, attacker, asked, stillAnswers } = scene
  const { burst } = QUESTIONS[PROTOCOL]
  const statuses: number[] = []
  for (let count = 0; statuses.at(-1) !== 1 && count < 4 * burst; count += 1) {
    const stream = await attacker.stream(victim.self, PROTOCOL)
    const answer = answerTo(stream)
    stream.send(Uint8Array.of(1, 7))
    await Promise.allSettled([stream.close({ signal: soon() })])
    statuses.push((await answer)[0] ?? -1)
  }
  assert.equal(statuses.at(-1), 1)
  assert(asked.length >= burst)
  await stillAnswers()
})

test('Protocols are offered before there is an answerer, and each has one', async () => {
  await using raw = await rawNode()
  const tasks = new Tasks(undefined)
  const answers = new Answers({ node: raw.node, clock: realClock, tasks, strike: () => undefined })
  await answers.start()
  assert(raw.node.getProtocols().includes('/ggen/search/1'))
  const answering = answers.add(PROTOCOL, async (question) => question)
  assert.throws(() => answers.add(PROTOCOL, async (question) => question), assert.AssertionError)
  answering[Symbol.dispose]()
  answers.add(PROTOCOL, async (question) => question)
})

test('A prefix alone takes no memory and no time of others', async () => {
  await using scene = await open()
  const { victim, attacker, stillAnswers } = scene
  const stream = await attacker.stream(victim.self, PROTOCOL)
  stream.send(encodeLength(LIMITS.questionBytes))
  await stillAnswers()
  stream.abort(new Error('done'))
  await assert.rejects(readFrame(stream, { maxBytes: 10, firstByteMs: 1000, signal: soon() }), hasCode('peer-unreachable'))
})

test('A peer that says nothing loses its streams, and holds up nobody meanwhile', async () => {
  await using scene = await open()
  const { victim, attacker, stillAnswers } = scene
  const silent = await Promise.all(Array.from({ length: LIMITS.streamsPerProtocol }, () => attacker.stream(victim.self, PROTOCOL)))
  const startedMs = performance.now()
  await stillAnswers()
  await Promise.all(silent.map(closed))
  const elapsedMs = performance.now() - startedMs
  assert(elapsedMs > LIMITS.firstByteMs - 1000 && elapsedMs < LIMITS.firstByteMs + 4000, `${elapsedMs} ms`)
})
