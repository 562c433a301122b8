import type { GossipSub } from '@libp2p/gossipsub'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { limitGossip } from './gossip-limits.ts'
import { GOSSIP } from './settings.ts'

interface Packet {
  readonly messages: readonly number[]
  readonly control: string
}

type Receiver = GossipSub & { handleReceivedRpc(from: string, packet: Packet): Promise<void> }

const open = (): { readonly receiver: Receiver; readonly received: Packet[]; readonly clock: { nowMs: number } } => {
  const received: Packet[] = []
  const clock = { nowMs: 0 }
  const part = {
    handleReceivedRpc: async (_from: string, packet: Packet) => void received.push(packet),
    reportMessageValidationResult: () => undefined,
    streamsOutbound: new Map(),
  }
  return { receiver: limitGossip(part as unknown as GossipSub, () => clock.nowMs) as unknown as Receiver, received, clock }
}

test('Messages of a peer above its rate are dropped, what controls the mesh still passes', async () => {
  const { receiver, received, clock } = open()
  const packet = { messages: Array.from({ length: 50 }, (_, index) => index), control: 'graft' }
  for (let count = 0; count < 20; count += 1) await receiver.handleReceivedRpc('eve', packet)
  const passed = received.filter(({ messages }) => messages.length > 0).length
  assert.equal(passed, GOSSIP.messages.burst / 50)
  assert(received.length === 20 && received.every(({ control }) => control === 'graft'))
  await receiver.handleReceivedRpc('bob', packet)
  assert.equal(received.at(-1)?.messages.length, 50)
  clock.nowMs += 1000
  await receiver.handleReceivedRpc('eve', packet)
  assert.equal(received.at(-1)?.messages.length, 50)
})

test('A library without the methods that this stands on is noticed at the start', () => {
  assert.throws(() => limitGossip({} as GossipSub, () => 0), assert.AssertionError)
})
