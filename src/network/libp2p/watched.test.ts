import { bytes, hasCode, soon, text } from '../network-lab.conformance.ts'
import type { Stream } from '@libp2p/interface'
import { peerIdFromString } from '@libp2p/peer-id'
import { streamPair } from '@libp2p/utils'
import { until } from '#testing'
import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { test } from 'node:test'
import { honest, rawNode } from './raw-node.conformance.ts'
import { STREAMS } from './settings.ts'
import { watched, watchedEncrypter, watchedMuxer, watchedTransport } from './watched.ts'

const ENDLESS = new Uint8Array(1_000_000).fill(0xff)

/** Seconds of processor time that the work takes; unwatched, a megabyte of such bytes takes about ten. */
const cpuSeconds = async (work: () => Promise<void>): Promise<number> => {
  const before = process.cpuUsage()
  await work()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1_000_000
}

/** A stream whose protocol was not negotiated yet: the library has it, and shows it to nobody. */
const bareStream = async (connection: unknown): Promise<Stream> => (connection as { muxer: { createStream(): Promise<Stream> } }).muxer.createStream()

test('Endless prefixes before the encryption cost next to nothing', async () => {
  await using victim = await honest()
  const port = Number(victim.addresses()[0]?.split('/')[4])
  const seconds = await cpuSeconds(async () => {
    for (let count = 0; count < 5; count += 1) {
      const socket = connect({ port, host: '127.0.0.1' })
      // The other side resets it while we still write.
      socket.on('error', () => undefined)
      socket.end(ENDLESS)
      await new Promise((resolve) => socket.on('close', resolve))
    }
  })
  assert(seconds < 2, `${seconds} s`)
})

test('Endless prefixes on a stream, before and after its protocol is agreed on, cost next to nothing', async () => {
  await using victim = await honest()
  await using attacker = await rawNode()
  victim.answer('/ggen/have/1', async (question) => question)
  await attacker.connect(victim)
  const [connection] = attacker.node.getConnections(peerIdFromString(victim.self))
  const seconds = await cpuSeconds(async () => {
    const bare = await bareStream(connection)
    const negotiated: Stream[] = []
    for (const protocol of ['/ggen/main/kad/1', '/meshsub/1.1.0', '/ggen/have/1']) negotiated.push(await attacker.stream(victim.self, protocol))
    for (const stream of [bare, ...negotiated]) stream.send(ENDLESS.subarray(0, 200_000))
    await until('all are reset', () => [bare, ...negotiated].every((stream) => stream.status !== 'open'))
  })
  assert(seconds < 2, `${seconds} s`)
  await using friend = await honest()
  const [address] = victim.addresses()
  assert(address !== undefined)
  await friend.dial(address, soon())
  assert.equal(text(await friend.ask(victim.self, '/ggen/have/1', bytes('still there?'), soon())), 'still there?')
})

test('Endless prefixes in an answer cost next to nothing', async () => {
  await using asker = await honest()
  await using liar = await rawNode()
  await liar.node.handle('/ggen/have/1', (stream) => void stream.send(ENDLESS.subarray(0, 200_000)))
  await asker.dial(liar.address, soon())
  const seconds = await cpuSeconds(async () => {
    await assert.rejects(asker.ask(liar.self, '/ggen/have/1', bytes('?'), soon()), hasCode('frame-invalid'))
  })
  assert(seconds < 2, `${seconds} s`)
})

test('Bytes that came before the watch are watched as well', async () => {
  const [out, inbound] = await streamPair()
  out.send(ENDLESS.subarray(0, 1000))
  await until('they are there', () => inbound.readBufferLength === 1000)
  watched(inbound, { agreed: new Set(), raw: new Set() })
  assert.equal(inbound.status, 'aborted')
})

test('A library without the methods that this stands on is noticed', () => {
  const protocols = { agreed: new Set<string>(), raw: new Set<string>() }
  assert.throws(() => watched({} as Stream, protocols), assert.AssertionError)
  const muxers = watchedMuxer(() => ({ protocol: '/x', createStreamMuxer: () => ({}) }) as never, protocols, () => 0)()
  assert.throws(() => muxers.createStreamMuxer({} as Stream), assert.AssertionError)
})

test('Streams that are opened faster than any honest peer does are reset before a word is said, later ones are welcome again', () => {
  let [nowMs, aborted] = [0, 0]
  const accepted: unknown[] = []
  const muxer = { onRemoteStream: (stream: unknown) => void accepted.push(stream), createStream: async () => undefined }
  const muxers = watchedMuxer(() => ({ protocol: '/x', createStreamMuxer: () => muxer }) as never, { agreed: new Set(), raw: new Set() }, () => nowMs)()
  muxers.createStreamMuxer({} as Stream)
  const open = (): void => {
    const nothing = (): void => undefined
    const parts = { onData: nothing, onRemoteCloseWrite: nothing, sendWindowUpdate: nothing, readBuffer: [], protocol: '', recvWindow: 1 }
    muxer.onRemoteStream({ ...parts, abort: () => (aborted += 1) })
  }
  for (let count = 0; count < STREAMS.burst + 10; count += 1) open()
  assert.deepEqual([accepted.length, aborted], [STREAMS.burst, 10])
  nowMs += 1000
  open()
  assert.deepEqual([accepted.length, aborted], [STREAMS.burst + 1, 10])
})

test('What is watched keeps its name and kind', () => {
  const encrypter = watchedEncrypter(() => ({ protocol: '/noise' }) as never)({})
  const transport = watchedTransport(() => ({ [Symbol.toStringTag]: '@libp2p/tcp' }) as never)({})
  assert.deepEqual([encrypter.protocol, transport[Symbol.toStringTag]], ['/noise', '@libp2p/tcp'])
})
