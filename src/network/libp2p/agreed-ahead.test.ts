import { bytes, realClock, soon, text } from '../network-lab.conformance.ts'
import { GgenError, LIMITS } from '#core'
import { until } from '#testing'
import type { MessageStream } from '@libp2p/interface'
import { peerIdFromString } from '@libp2p/peer-id'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { agreedAhead, openWhileAgreeing } from './agreed-ahead.ts'
import { createAsk } from './ask.ts'
import { honest, rawNode } from './raw-node.conformance.ts'

const HAVE = '/ggen/have/1'
const AGREEMENT = '\u0013/multistream/1.0.0\n\u000d/ggen/have/1\n'

/** A stream of the library, as far as it is looked at here. */
const scene = () => {
  const sent: string[] = []
  const received: string[] = []
  const aborted: Error[] = []
  const stream = {
    protocol: '', status: 'open',
    onData: (chunk: Uint8Array) => void received.push(text(chunk)),
    send: (chunk: Uint8Array) => void sent.push(text(chunk)),
    abort: (error: Error) => {
      stream.status = 'aborted'
      aborted.push(error)
    },
  }
  return { stream: agreedAhead(stream as unknown as MessageStream & typeof stream, HAVE), sent, received, aborted }
}

test('A protocol is proposed at once, and the agreement is cut off the answer however it is split', () => {
  for (const size of [1, 2, 7, 1000]) {
    const { stream, sent, received, aborted } = scene()
    assert.deepEqual([stream.protocol, sent], [HAVE, [AGREEMENT]])
    const answer = bytes(`${AGREEMENT}answer`)
    for (let at = 0; at < answer.length; at += size) stream.onData(answer.subarray(at, at + size))
    stream.onData(bytes('!'))
    assert.deepEqual([received.join(''), aborted], ['answer!', []])
  }
})

test('Whoever answers with something else is cut off, and nothing of it is heard', () => {
  const { stream, received, aborted } = scene()
  for (const chunk of ['\u0013/multistream/1.0.0\n', '\u0003na\n', 'more']) stream.onData(bytes(chunk))
  assert.deepEqual(received, [])
  assert(aborted.length === 1 && aborted[0] instanceof GgenError && aborted[0].code === 'peer-unreachable')
})

test('The end of a stream is heard when its protocol is agreed on, at once from then on, and once', () => {
  let ends = 0
  type Ending = MessageStream & { protocol: string; onRemoteCloseWrite(): void }
  const open = () => openWhileAgreeing({ protocol: '', onRemoteCloseWrite: () => (ends += 1) } as unknown as Ending)
  const early = open()
  early.onRemoteCloseWrite()
  assert.equal(ends, 0)
  early.protocol = HAVE
  assert.deepEqual([ends, early.protocol], [1, HAVE])
  const late = open()
  late.protocol = HAVE
  late.onRemoteCloseWrite()
  assert.equal(ends, 2)
})

test('The largest question goes with its protocol in one go', async () => {
  await using server = await honest()
  await using client = await rawNode()
  server.answer(HAVE, async (question) => bytes(`${question.length}`))
  await client.connect(server)
  const ask = createAsk(client.node, realClock, soon())
  for (const size of [0, 1, 5000, LIMITS.questionBytes]) assert.equal(text(await ask(server.self, HAVE, new Uint8Array(size), soon())), `${size}`)
})

test('Pings are answered and leave no stream behind, however many', async () => {
  await using server = await honest()
  await using client = await rawNode()
  await client.connect(server)
  const peer = peerIdFromString(server.self)
  for (let count = 0; count < 6; count += 1) assert((await client.node.services.ping.ping(peer, { signal: soon() })) >= 0)
  const streams = (): readonly string[] => client.node.getConnections(peer).flatMap((connection) => connection.streams.map(({ protocol }) => protocol))
  await until('they are over', () => !streams().includes('/ggen/ping/1.0.0'), 2000)
})
