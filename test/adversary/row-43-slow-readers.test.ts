import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Stream } from '@libp2p/interface'
import { multiaddr } from '@multiformats/multiaddr'
import { Events, type GgenEvent, LIMITS } from '#core'
import { heldBytes, startProxy, until } from '#testing'
import { addressOf, honestNode, hostilePeer, portOf, soon } from './hostile-peer.ts'

const MIB = 1024 * 1024

test('answers for peers that hardly read are bounded in bytes and dropped in the end, and others are served meanwhile', async (t) => {
  const events = new Events()
  const failures: GgenEvent[] = []
  events.subscribe((event) => event.type === 'task-failed' && failures.push(event))
  await using victim = await honestNode({ events })
  const large = new Uint8Array(LIMITS.messageBytes)
  for (const protocol of ['/ggen/have/1', '/ggen/blob/1'] as const) victim.answer(protocol, async (question) => (question.length === 0 ? large : question))
  await using friend = await honestNode()
  await friend.dial(addressOf(victim), soon())
  await using attackers = new AsyncDisposableStack()
  const before = heldBytes()
  const streams: Stream[] = []
  for (let index = 0; index < 4; index += 1) {
    const attacker = attackers.use(await hostilePeer({ host: `127.66.${index}.6` }))
    const connection = await attacker.connect(victim)
    for (let count = 0; count < LIMITS.streamsPerProtocol; count += 1) {
      const stream = await attacker.stream(connection, count % 2 === 0 ? '/ggen/have/1' : '/ggen/blob/1')
      stream.pause()
      stream.send(Uint8Array.of(0))
      await stream.close({ signal: soon() })
      streams.push(stream)
    }
  }
  await using slow = await startProxy({ to: { port: portOf(victim) }, downBytesPerSecond: LIMITS.stallBytesPerSecond })
  const dripper = attackers.use(await hostilePeer())
  const dripping = await dripper.node.dial(multiaddr(`/ip4/127.0.0.1/tcp/${slow.port}/p2p/${victim.self}`), { signal: soon() })
  for (let count = 0; count < LIMITS.streamsPerProtocol; count += 1) {
    const stream = await dripper.stream(dripping, '/ggen/blob/1')
    stream.send(Uint8Array.of(0))
    streams.push(stream)
  }
  const began = performance.now()
  let most = 0
  let answered = 0
  await until('the stalled answers are given up', async () => {
    if (answered % 5 === 0) most = Math.max(most, heldBytes() - before)
    const [byte] = await friend.ask(victim.self, '/ggen/have/1', Uint8Array.of(7), soon())
    if (byte === 7) answered += 1
    return streams.every((stream) => stream.status !== 'open')
  }, LIMITS.stallTimeoutMs + 10_000)
  const seconds = (performance.now() - began) / 1000
  const memory = `${(most / MIB).toFixed(0)} MiB`
  t.diagnostic(`${streams.length} answers of 1 MiB that hardly anybody reads: ${memory}, closed after ${seconds.toFixed(1)} s; ${answered} honest answers`)
  assert(most < 128 * MIB, `${most} bytes`)
  assert(seconds < LIMITS.stallTimeoutMs / 1000 + 5)
  assert(answered > 50)
  assert.deepEqual(failures, [])
})
