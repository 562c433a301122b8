import { bytes, realClock, soon, text } from '../network-lab.conformance.ts'
import { GgenError, LIMITS } from '#core'
import { until } from '#testing'
import type { MessageStream } from '@libp2p/interface'
import { peerIdFromString } from '@libp2p/peer-id'
import { multiaddr } from '@multiformats/multiaddr'
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { test } from 'node:test'
import { agreedAhead, agreeingTo, beginningWith, openWhileAgreeing } from './agreed-ahead.ts'
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

test('Of who dials all is heard that begins as it must, and nothing else', () => {
  const dialled = () => {
    const received: string[] = []
    const aborted: Error[] = []
    const stream = {
      status: 'open',
      onData: (chunk: Uint8Array) => void received.push(text(chunk)),
      abort: (error: Error) => ((stream.status = 'aborted'), void aborted.push(error)),
    }
    return { stream: beginningWith(stream as unknown as MessageStream & typeof stream, HAVE), received, aborted }
  }
  for (const size of [1, 5, 1000]) {
    const { stream, received, aborted } = dialled()
    const said = bytes(`${AGREEMENT}question`)
    for (let at = 0; at < said.length; at += size) stream.onData(said.subarray(at, at + size))
    stream.onData(bytes('!'))
    assert.deepEqual([received.join(''), aborted], [`${AGREEMENT}question!`, []])
  }
  const { stream, received, aborted } = dialled()
  for (const chunk of ['\u0013/multistream/1.0.0\n', '\u0003ls\n', AGREEMENT]) stream.onData(bytes(chunk))
  assert.deepEqual([received.join(''), aborted.length], ['\u0013/multistream/1.0.0\n', 1])
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
  const ask = createAsk({ node: client.node, clock: realClock, stopping: soon() })
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

/** What a dialled host hears before it has said anything, and `answer` is what it says then. */
const bareHost = async (answer: string) => {
  let heard = Buffer.alloc(0)
  const server = createServer((socket) => {
    socket.on('error', () => undefined)
    socket.on('data', (chunk) => {
      heard = Buffer.concat([heard, chunk])
      if (heard.length > PROPOSAL.length) socket.write(answer)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    address: multiaddr(`/ip4/127.0.0.1/tcp/${port}`),
    heard: () => heard,
    [Symbol.asyncDispose]: async () => {
      const closed = once(server, 'close')
      server.close()
      await closed
    },
  }
}

const PROPOSAL = bytes('\u0013/multistream/1.0.0\n\u0007/noise\n')
/** An ephemeral key of 32 bytes behind two of length. */
const FIRST_MESSAGE_BYTES = 34

test('A new connection begins its handshake without waiting until the other side agrees to it, and ends when that does not', async () => {
  await using host = await bareHost('\u0013/multistream/1.0.0\n\u0003na\n')
  await using client = await rawNode()
  await assert.rejects(client.node.dial(host.address, { signal: soon() }), (error: Error) => error.name !== 'TimeoutError')
  assert.equal(host.heard().length, PROPOSAL.length + FIRST_MESSAGE_BYTES)
  assert.ok(host.heard().subarray(0, PROPOSAL.length).equals(PROPOSAL))
})

test('An agreement is there before it has come, and what comes behind the real one is heard once', () => {
  const received: string[] = []
  const connection = { status: 'open', onData: (chunk: Uint8Array) => void received.push(text(chunk)), abort: () => assert.fail('it agrees') }
  const agreeing = agreeingTo(connection as unknown as MessageStream & typeof connection, '/noise')
  assert.deepEqual(received.splice(0), [text(PROPOSAL)])
  agreeing.onData(bytes(`${text(PROPOSAL)}message`))
  assert.deepEqual(received, ['message'])
})
