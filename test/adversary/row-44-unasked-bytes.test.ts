import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Stream } from '@libp2p/interface'
import { Events, type GgenEvent, isGgenError } from '#core'
import { PROTOCOLS } from '#network'
import { until } from '#testing'
import { addressOf, honestNode, hostilePeer, soon } from './hostile-peer.ts'

const MIB = 1024 * 1024
const JUNK = new Uint8Array(64 * 1024).fill(7)
const PUSHED_BYTES = 100 * MIB

/** Sends as much as it can until the stream is gone; resolves to how many bytes that were. */
const pushAll = async (stream: Stream, first?: Uint8Array): Promise<number> => {
  let pushed = 0
  if (first !== undefined) stream.send(first)
  while (stream.status === 'open' && pushed < PUSHED_BYTES) {
    pushed += JUNK.length
    stream.send(JUNK)
    // The library would keep all of it here, and this test measures the memory of both sides.
    while (stream.status === 'open' && stream.writeBufferLength > MIB) await new Promise(setImmediate)
  }
  return pushed
}

/** The most that the memory grows while the work is done. */
const growthOf = async (work: () => Promise<void>): Promise<number> => {
  const before = process.memoryUsage().rss
  let most = 0
  let isOver = false
  const working = work().finally(() => (isOver = true))
  await until('the work is done', () => {
    most = Math.max(most, process.memoryUsage().rss - before)
    return isOver
  }, 60_000)
  await working
  return most
}

test('a peer that pushes what nobody asked for is cut off after little of it, and banned when it broke the rules', async (t) => {
  const events = new Events()
  const failures: GgenEvent[] = []
  events.subscribe((event) => event.type === 'task-failed' && failures.push(event))
  await using victim = await honestNode({ events })
  for (const protocol of PROTOCOLS) victim.answer(protocol, async (question) => question)
  await using attacker = await hostilePeer()
  let pushed = 0
  const growth = await growthOf(async () => {
    const connection = await attacker.connect(victim)
    // A length that is allowed, and then no end: the frame that was promised, and more behind it.
    for (const protocol of PROTOCOLS) {
      const [stream] = await Promise.allSettled([attacker.stream(connection, protocol)])
      if (stream.status === 'fulfilled') pushed += await pushAll(stream.value, Uint8Array.of(0x80, 0x80, 0x04))
    }
  })
  await until('it is banned', () => !victim.admits(attacker.self))
  t.diagnostic(`${(pushed / MIB).toFixed(1)} MiB were pushed before the ban, memory grew by ${(growth / MIB).toFixed(0)} MiB`)
  assert(pushed < 32 * MIB, `${pushed} bytes`)
  assert(growth < 64 * MIB, `${growth} bytes`)
  assert.deepEqual(failures, [])
})

test('an answer without an end is cut off at what an answer may have', async (t) => {
  await using victim = await honestNode()
  await using liar = await hostilePeer()
  let pushed = 0
  await liar.node.handle('/ggen/blob/1', (stream) => {
    // A length that no answer has, and one that an answer may have, with more behind it.
    const first = pushed === 0 ? Uint8Array.of(0xff, 0xff, 0x7f) : Uint8Array.of(0x80, 0x80, 0x40)
    void pushAll(stream, first).then((bytes) => (pushed += bytes))
  })
  await victim.dial(liar.address, soon())
  const codes: string[] = []
  const growth = await growthOf(async () => {
    for (let count = 0; count < 8; count += 1) {
      const [result] = await Promise.allSettled([victim.ask(liar.self, '/ggen/blob/1', Uint8Array.of(1), soon())])
      if (result.status === 'rejected' && isGgenError(result.reason)) codes.push(result.reason.code)
    }
  })
  t.diagnostic(`8 endless answers: ${[...new Set(codes)].join(', ')}; memory grew by ${(growth / MIB).toFixed(0)} MiB`)
  assert.equal(codes.length, 8)
  assert(codes.every((code) => code === 'frame-invalid' || code === 'peer-unreachable'), codes.join())
  assert(growth < 64 * MIB, `${growth} bytes`)
})

test('nor does it help to push on streams of the library', async (t) => {
  await using victim = await honestNode()
  await using attacker = await hostilePeer()
  await using friend = await honestNode()
  victim.answer('/ggen/have/1', async (question) => question)
  await friend.dial(addressOf(victim), soon())
  let pushed = 0
  const growth = await growthOf(async () => {
    const connection = await attacker.connect(victim)
    for (const protocol of ['/ggen/main/kad/1', '/meshsub/1.1.0', '/ggen/id/1.0.0', '/ggen/ping/1.0.0']) {
      const [stream] = await Promise.allSettled([attacker.stream(connection, protocol)])
      if (stream.status === 'fulfilled') pushed += await pushAll(stream.value)
    }
  })
  assert.deepEqual([...(await friend.ask(victim.self, '/ggen/have/1', Uint8Array.of(5), soon()))], [5])
  t.diagnostic(`${(pushed / MIB).toFixed(1)} MiB were pushed into the library, memory grew by ${(growth / MIB).toFixed(0)} MiB`)
  assert(growth < 64 * MIB, `${growth} bytes`)
})
