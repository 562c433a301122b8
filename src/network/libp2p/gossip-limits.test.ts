import { LIMITS } from '#core'
import type { GossipSub } from '@libp2p/gossipsub'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { limitGossip } from './gossip-limits.ts'
import { GOSSIP } from './settings.ts'

interface Packet {
  readonly messages: readonly number[]
  readonly control?: { readonly graft: readonly string[] }
}

type Receiver = GossipSub & {
  handleReceivedRpc(from: string, packet: Packet): Promise<void>
  pipePeerReadStream(from: string, stream: AsyncIterable<Uint8Array>): Promise<void>
}

interface Scene {
  readonly receiver: Receiver
  readonly received: Packet[]
  readonly floods: string[]
  readonly errors: unknown[]
  readonly clock: { nowMs: number }
}

const open = (host = '8.8.8.8'): Scene => {
  const received: Packet[] = []
  const floods: string[] = []
  const errors: unknown[] = []
  const clock = { nowMs: 0 }
  const part = {
    decodeRpc: (bytes: Uint8Array): Packet => {
      const [kind] = bytes
      if (kind === 0) throw new RangeError('out of range')
      if (kind === 1) throw Object.assign(new Error('too many'), { name: 'MaxLengthError' })
      return { messages: [] }
    },
    pipePeerReadStream: async () => undefined,
    handlePeerReadStreamError: (error: unknown) => void errors.push(error),
    handleReceivedRpc: async (_from: string, packet: Packet) => void received.push(packet),
    reportMessageValidationResult: () => undefined,
    streamsOutbound: new Map(),
    streamsInbound: new Map([['eve', { rawStream: { abort: (error: unknown) => errors.push(error) } }]]),
  }
  const limits = { nowMs: () => clock.nowMs, hostOf: () => host, strike: (peer: string) => floods.push(peer) }
  return { receiver: limitGossip(part as unknown as GossipSub, limits) as unknown as Receiver, received, floods, errors, clock }
}

test('Messages of a peer above its rate are dropped, what controls the mesh still passes', async () => {
  const { receiver, received, clock } = open()
  const packet = { messages: Array.from({ length: 50 }, (_, index) => index), control: { graft: ['topic'] } }
  for (let count = 0; count < 20; count += 1) await receiver.handleReceivedRpc('eve', packet)
  const passed = received.filter(({ messages }) => messages.length > 0).length
  assert.equal(passed, GOSSIP.messages.burst / 50)
  assert(received.length === 20 && received.every(({ control }) => control?.graft.length === 1))
  await receiver.handleReceivedRpc('bob', packet)
  assert.equal(received.at(-1)?.messages.length, 50)
  clock.nowMs += (50 / GOSSIP.messages.perSecond) * 1000
  await receiver.handleReceivedRpc('eve', packet)
  assert.equal(received.at(-1)?.messages.length, 50)
})

test('Many peers of one prefix get no more together than four alone, unless they are behind one LAN', async () => {
  const packet = { messages: Array.from({ length: 50 }, (_, index) => index) }
  const passedOf = async ({ receiver, received }: Scene): Promise<number> => {
    for (let peer = 0; peer < 20; peer += 1) for (let count = 0; count < 2; count += 1) await receiver.handleReceivedRpc(`eve ${peer}`, packet)
    return received.filter(({ messages }) => messages.length > 0).length
  }
  assert.equal(await passedOf(open('8.8.8.8')), (LIMITS.prefixShares * GOSSIP.messages.burst) / 50)
  assert.equal(await passedOf(open('192.168.1.1')), (20 * GOSSIP.messages.burst) / 50)
})

test('A flood of control messages is dropped, and told of once a second', async () => {
  const { receiver, received, floods, clock } = open()
  const packet = { messages: [], control: { graft: Array.from({ length: 50 }, () => 'topic') } }
  for (let second = 0; second < 3; second += 1) {
    for (let count = 0; count < 20; count += 1) await receiver.handleReceivedRpc('eve', packet)
    clock.nowMs += 1000
  }
  assert.deepEqual(floods, ['eve', 'eve', 'eve'])
  assert.equal(received.length, GOSSIP.controls.burst / 50)
})

test('Packets that nobody can read are strikes, those that hold too much are not as long as there are few', async () => {
  const { receiver, received, floods, clock } = open()
  const send = (kinds: readonly number[]): Promise<void> => receiver.pipePeerReadStream('eve', ReadableStream.from(kinds.map((kind) => Uint8Array.of(kind))))
  await send([0, 2, 0, 2])
  assert.deepEqual([floods, received.length], [['eve', 'eve'], 2])
  for (let second = 0; second < 30; second += 1) {
    await send([1])
    clock.nowMs += 1000
  }
  assert.equal(floods.length, 2)
  await send(Array.from({ length: 100 }, () => 1))
  assert.equal(floods.length, 3)
})

test('More packets than any honest peer sends are dropped unread, and told of once a second', async () => {
  const { receiver, received, floods } = open()
  await receiver.pipePeerReadStream('eve', ReadableStream.from(Array.from({ length: GOSSIP.packets.burst + 100 }, () => Uint8Array.of(2))))
  assert.deepEqual([received.length, floods], [GOSSIP.packets.burst, ['eve']])
})

test('A stream that breaks is told to the library, and is a strike when it promised too large a packet', async () => {
  const { receiver, errors, floods } = open()
  const failures = [new Error('reset'), Object.assign(new Error('too long'), { name: 'InvalidDataLengthError' })]
  for (const failure of failures) {
    const stream = ReadableStream.from((async function* () { yield* []; throw failure })()) as unknown as AsyncIterable<Uint8Array>
    await receiver.pipePeerReadStream('eve', stream)
  }
  const [reset, tooLong] = failures
  assert.deepEqual([errors, floods], [[reset, tooLong, tooLong], ['eve']])
})

test('A library without the methods that this stands on is noticed at the start', () => {
  assert.throws(() => limitGossip({} as GossipSub, { nowMs: () => 0, hostOf: () => undefined, strike: () => undefined }), assert.AssertionError)
})
