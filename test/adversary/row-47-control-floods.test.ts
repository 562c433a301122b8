import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { describe, test } from 'node:test'
import { RPC } from '@libp2p/gossipsub/message'
import type { Stream } from '@libp2p/interface'
import { LIMITS } from '#core'
import type { Network } from '#network'
import { until } from '#testing'
import { addressOf, honestNode, hostilePeer, soon } from './hostile-peer.ts'

const TOPIC = '/ggen/main/ops/1'
const IDS = Array.from({ length: 20 }, () => randomBytes(20))

const prefixed = (bytes: Uint8Array): Uint8Array => {
  const prefix: number[] = []
  for (let rest = bytes.length; ; rest >>>= 7) {
    if (rest < 0x80) return Buffer.concat([Uint8Array.of(...prefix, rest), bytes])
    prefix.push((rest & 0x7f) | 0x80)
  }
}

const rpc = (control: Partial<RPC.ControlMessage>): Uint8Array =>
  prefixed(RPC.encode({ subscriptions: [], messages: [], control: { ihave: [], iwant: [], graft: [], prune: [], idontwant: [], ...control } }))

const FLOODS: Readonly<Record<string, Uint8Array>> = {
  'announcements of messages that nobody has': rpc({ ihave: Array.from({ length: 10 }, () => ({ topicID: TOPIC, messageIDs: IDS })) }),
  'wishes for messages that nobody has': rpc({ iwant: Array.from({ length: 10 }, () => ({ messageIDs: IDS })) }),
  'grafts and prunes': rpc({
    graft: Array.from({ length: 10 }, () => ({ topicID: TOPIC })),
    prune: Array.from({ length: 10 }, () => ({ topicID: TOPIC, peers: [] })),
  }),
  'packets with nothing in them': prefixed(new Uint8Array(0)),
  'packets that nobody can read': prefixed(randomBytes(100).fill(0xff, 0, 4)),
  'packets that hold more than anybody takes': rpc({ graft: Array.from({ length: 1000 }, () => ({ topicID: TOPIC })) }),
}

/** Sends one packet again and again, about so many control messages a second, until the stream is gone. */
const flood = async (stream: Stream, packet: Uint8Array): Promise<number> => {
  let sent = 0
  while (stream.status === 'open') {
    for (let count = 0; count < 200 && stream.status === 'open'; count += 1) {
      stream.send(packet)
      sent += 1
    }
    await until('some of it has left', () => stream.status !== 'open' || stream.writeBufferLength < 100_000)
    await new Promise(setImmediate)
  }
  return sent
}

/** Tells so many messages beside the attack, and counts which arrive. */
const honestGossip = async (victim: Network, friend: Network, messages: number): Promise<number> => {
  const heard = new Set<string>()
  victim.listen(async (message) => (heard.add(Buffer.from(message).toString()), 'accept'))
  friend.listen(async () => 'accept')
  await friend.dial(addressOf(victim), soon())
  for (let index = 0; index < messages; index += 1) await until('it can be told', async () => (await friend.announce(Buffer.from(`honest ${index}`))) > 0)
  await until('all have come', () => heard.size === messages)
  return heard.size
}

describe('floods of control messages of gossip end in a ban within seconds, and honest gossip goes on', { concurrency: 2 }, () => {
  for (const [what, packet] of Object.entries(FLOODS)) {
    test(what, async (t) => {
      await using victim = await honestNode()
      await using friend = await honestNode()
      await using attacker = await hostilePeer()
      const connection = await attacker.connect(victim)
      const stream = await attacker.stream(connection, '/meshsub/1.1.0')
      const began = performance.now()
      const flooding = flood(stream, packet)
      const honest = await honestGossip(victim, friend, 20)
      const sent = await flooding
      await until('it is banned', () => !victim.admits(attacker.self))
      const seconds = (performance.now() - began) / 1000
      t.diagnostic(`${what}: ${sent} packets in ${seconds.toFixed(1)} s, then banned; ${honest} of 20 honest messages came`)
      assert(seconds < 20, `${seconds} s`)
      assert.equal(honest, 20)
    })
  }
})

test('packets that promise to be larger than anybody takes are cut off, and end in a ban as well', async (t) => {
  await using victim = await honestNode()
  await using attacker = await hostilePeer()
  const connection = await attacker.connect(victim)
  let streams = 0
  await until('it is banned', async () => {
    if (!victim.admits(attacker.self)) return true
    const [opened] = await Promise.allSettled([attacker.stream(connection, '/meshsub/1.1.0')])
    if (opened.status === 'rejected') return false
    streams += 1
    opened.value.send(Uint8Array.of(0xff, 0xff, 0xff, 0x7f))
    await until('it is cut off', () => opened.value.status !== 'open')
    return false
  })
  t.diagnostic(`banned after ${streams} streams`)
  assert(streams <= 2 * LIMITS.strikes, `${streams} streams`)
})
