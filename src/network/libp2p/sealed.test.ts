import { bytes, realClock, soon, text } from '../network-lab.conformance.ts'
import { parseMultiaddr } from '#core'
import type { Network } from '#network'
import { until } from '#testing'
import type { MultiaddrConnection } from '@libp2p/interface'
import { noise } from '@libp2p/noise'
import { ping, type Ping } from '@libp2p/ping'
import { preSharedKey } from '@libp2p/pnet'
import { tcp } from '@libp2p/tcp'
import { yamux } from '@libp2p/yamux'
import { multiaddr } from '@multiformats/multiaddr'
import fc from 'fast-check'
import { createLibp2p, type Libp2p } from 'libp2p'
import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { test } from 'node:test'
import { joinNetwork } from './join.ts'
import { sealWith } from './sealed.ts'
import { PING } from './settings.ts'

const KEY = Buffer.alloc(32, 7)

const member = (networkKey: Uint8Array = KEY): Promise<Network> =>
  joinNetwork({ listen: [parseMultiaddr('/ip4/127.0.0.1/tcp/0')], bootstrap: [], mdns: false, networkKey, clock: realClock, signal: soon() })

const addressOf = (network: Network): string => network.addresses()[0] ?? assert.fail()

/** One side of a connection of the library: what it says goes to the wire, and what it hears is kept. */
const side = (direction: 'inbound' | 'outbound', key: Uint8Array) => {
  const wire: Uint8Array[] = []
  const heard: Uint8Array[] = []
  const aborted: Error[] = []
  const bare = {
    direction,
    onData: (chunk: Uint8Array) => void heard.push(Buffer.from(chunk)),
    sendData: (data: Iterable<Uint8Array>) => {
      const sent = Buffer.concat([...data])
      wire.push(sent)
      return { sentBytes: sent.length, canSendMore: true }
    },
    abort: (error: Error) => void aborted.push(error),
  }
  const { onData, sendData } = sealWith(key)(bare as unknown as MultiaddrConnection & typeof bare)
  return { hear: onData, say: sendData, wire: () => Buffer.concat(wire), heard: () => Buffer.concat(heard), aborted }
}

/** Cuts bytes at some places. */
const inPieces = (whole: Uint8Array, sizes: readonly number[]): Uint8Array[] => {
  const pieces: Uint8Array[] = []
  for (let at = 0, turn = 0; at < whole.length; turn++) {
    const size = sizes[turn % sizes.length] ?? 1
    pieces.push(whole.subarray(at, at + size))
    at += size
  }
  return pieces
}

test('What one side says the other hears, however both cut it; with another key it is something else', () => {
  const sizes = fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1, maxLength: 8 })
  fc.assert(fc.property(fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 8 }), sizes, (said, cuts) => {
    const [caller, called, stranger] = [side('outbound', KEY), side('inbound', KEY), side('inbound', Buffer.alloc(32, 8))]
    for (const part of said) assert.equal(caller.say([part]).sentBytes, part.length)
    for (const piece of inPieces(caller.wire(), cuts)) {
      called.hear(piece)
      stranger.hear(piece)
    }
    const whole = Buffer.concat(said)
    assert.ok(called.heard().equals(whole))
    // Eight bytes are alike by chance once in 2^64.
    if (whole.length >= 8) assert.ok(!stranger.heard().equals(whole) && !caller.wire().includes(whole))
  }))
})

test('Who was called says nothing before it has heard a nonce, and ends a connection that sends back its own', () => {
  const called = side('inbound', KEY)
  called.hear(Buffer.alloc(23))
  assert.equal(called.wire().length, 0)
  called.hear(Buffer.alloc(1))
  assert.equal(called.wire().length, 24)
  const caller = side('outbound', KEY)
  caller.hear(caller.wire())
  assert.deepEqual([caller.aborted.length, caller.heard().length], [1, 0])
})

/** The library's own protector, which says what goes over the wire. */
const withProtector = (key: Uint8Array): Promise<Libp2p<{ ping: Ping }>> =>
  createLibp2p({
    addresses: { listen: ['/ip4/127.0.0.1/tcp/0'] },
    transports: [tcp()], connectionEncrypters: [noise()], streamMuxers: [yamux()],
    connectionProtector: preSharedKey({ psk: Buffer.from(`/key/swarm/psk/1.0.0/\n/base16/\n${Buffer.from(key).toString('hex')}`) }),
    connectionGater: { denyDialMultiaddr: () => false },
    services: { ping: ping({ protocolPrefix: PING.protocolPrefix }) },
  })

test('The protector of the library understands it both ways, and is let in with the right key alone', async () => {
  await using opened = new AsyncDisposableStack()
  const own = opened.use(await member())
  const [other, foreign] = await Promise.all([withProtector(KEY), withProtector(Buffer.alloc(32, 9))])
  for (const node of [other, foreign]) opened.defer(() => node.stop())
  assert.ok((await other.services.ping.ping(multiaddr(addressOf(own)), { signal: soon() })) >= 0)
  await assert.rejects(foreign.dial(multiaddr(addressOf(own)), { signal: soon() }))
  const second = opened.use(await member())
  const listening = String(other.getMultiaddrs()[0])
  const dialling = second.dial(parseMultiaddr(listening), soon()).catch((error: unknown) => error)
  await until('it is connected', () => other.getConnections().some(({ remotePeer }) => remotePeer.toString() === second.self))
  await second[Symbol.asyncDispose]()
  await dialling
})

test('Those who share a key talk; what is asked comes through as it was', async () => {
  await using one = await member()
  await using two = await member()
  await one.dial(parseMultiaddr(addressOf(two)), soon())
  two.answer('/ggen/have/1', async (question) => question)
  const question = Buffer.alloc(60_000, 'sealed')
  assert.equal(text(await one.ask(two.self, '/ggen/have/1', question, soon())), text(question))
  assert.equal(text(await one.ask(two.self, '/ggen/have/1', bytes('again'), soon())), 'again')
})

test('Six thousand strangers leave nothing behind that keeps a member out', async () => {
  await using victim = await member()
  const port = Number(addressOf(victim).split('/')[4])
  const knock = async (): Promise<void> => {
    const socket = connect({ port, host: '127.0.0.1' })
    // The other side resets it.
    socket.on('error', () => undefined)
    socket.end(Buffer.alloc(60, 3))
    await new Promise((resolve) => socket.on('close', resolve))
  }
  for (let round = 0; round < 120; round++) await Promise.all(Array.from({ length: 50 }, knock))
  await using friend = await member()
  assert.equal(await friend.dial(parseMultiaddr(addressOf(victim)), soon()), victim.self)
})
