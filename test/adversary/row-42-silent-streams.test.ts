import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Stream } from '@libp2p/interface'
import { LIMITS } from '#core'
import { PROTOCOLS } from '#network'
import { until } from '#testing'
import { addressOf, honestNode, hostilePeer, soon } from './hostile-peer.ts'

const STREAMS = 1000
const QUESTIONS = 60

const median = (numbers: readonly number[]): number => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Infinity

test(`of ${STREAMS} streams that say nothing at most ${LIMITS.streamsPerConnection} are held, for seconds, and others are answered as quickly`, async (t) => {
  await using victim = await honestNode()
  for (const protocol of PROTOCOLS) victim.answer(protocol, async (question) => question)
  await using friend = await honestNode()
  await friend.dial(addressOf(victim), soon())
  const latencies = async (): Promise<number> => {
    const took: number[] = []
    for (let index = 0; index < QUESTIONS; index += 1) {
      const began = performance.now()
      await friend.ask(victim.self, '/ggen/have/1', Uint8Array.of(index), soon())
      took.push(performance.now() - began)
    }
    return median(took)
  }
  // The best of some, so that what else the machine does falls out.
  const quickest = async (): Promise<number> => Math.min(await latencies(), await latencies(), await latencies())
  const calm = await quickest()

  await using attacker = await hostilePeer()
  const connection = await attacker.connect(victim)
  const open: Stream[] = []
  const held = (): number => open.filter(({ status, remoteWriteStatus }) => status === 'open' && remoteWriteStatus === 'writable').length
  const openSome = (count: number): Promise<unknown> =>
    Promise.allSettled(Array.from({ length: count }, async (_, index) => {
      const protocol = PROTOCOLS[index % PROTOCOLS.length] ?? '/ggen/have/1'
      open.push(await connection.newStream(protocol, { signal: soon(), maxOutboundStreams: STREAMS }))
    }))
  await openSome(STREAMS)
  await until('what is too much is refused', () => held() <= LIMITS.streamsPerConnection)
  const most = held()
  await openSome(LIMITS.streamsPerConnection)
  const besieged = await quickest()
  await until('the silent ones are cut off', () => held() === 0, 2 * LIMITS.askTimeoutMs)
  t.diagnostic(`${most} of ${STREAMS} silent streams were held; honest median ${calm.toFixed(2)} ms before, ${besieged.toFixed(2)} ms beside them`)
  assert(most <= LIMITS.streamsPerConnection, `${most} streams`)
  assert(besieged < 2 * calm + 1, `${besieged} ms instead of ${calm} ms`)
})

test('nor are more held that do not even say what they are for', async (t) => {
  await using victim = await honestNode()
  await using attacker = await hostilePeer()
  const connection = await attacker.connect(victim)
  const { muxer } = connection as unknown as { readonly muxer: { createStream(): Promise<Stream> } }
  const streams = await Promise.all(Array.from({ length: STREAMS }, () => muxer.createStream()))
  const held = (): number => streams.filter(({ status }) => status === 'open').length
  await until('what is too much is reset', () => held() <= LIMITS.streamsPerConnection)
  const began = performance.now()
  const most = held()
  await until('all are reset', () => held() === 0, 2 * LIMITS.askTimeoutMs)
  t.diagnostic(`${most} of ${STREAMS} nameless streams were held, for ${((performance.now() - began) / 1000).toFixed(1)} s`)
})
