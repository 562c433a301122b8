import type { GossipSub, TopicValidatorResult } from '@libp2p/gossipsub'
import assert from 'node:assert/strict'
import { GOSSIP } from './settings.ts'
import { Buckets } from './token-bucket.ts'

/** The parts of a decoded packet that matter here. */
interface Packet {
  messages: unknown[]
}

/** The gossip of the library with the parts that its interface leaves out. */
export type Pubsub = GossipSub & {
  /** With asynchronous validation, messages wait for this. */
  reportMessageValidationResult(messageId: string, from: string, result: TopicValidatorResult): void
  /** By peer: only who stands here can be sent anything, subscribed or not. */
  readonly streamsOutbound: ReadonlyMap<string, unknown>
}

type Receive = (from: { toString(): string }, packet: Packet) => Promise<void>

/**
 * Drops messages of peers that send too many, before anything is remembered of them. The library has no limit per peer, but takes every
 * packet through one public method.
 */
export const limitGossip = (service: GossipSub, nowMs: () => number): Pubsub => {
  const messages = new Buckets(GOSSIP.messages)
  const receiver = service as Pubsub & { handleReceivedRpc: Receive }
  assert(typeof receiver.handleReceivedRpc === 'function', 'gossipsub takes packets through handleReceivedRpc')
  assert(typeof receiver.reportMessageValidationResult === 'function', 'gossipsub takes verdicts through reportMessageValidationResult')
  assert(receiver.streamsOutbound instanceof Map, 'gossipsub shows its open streams as streamsOutbound')
  const receive = receiver.handleReceivedRpc.bind(service)
  receiver.handleReceivedRpc = async (from, packet) => {
    const mayPass = messages.take(from.toString(), nowMs(), Math.max(1, packet.messages.length))
    await receive(from, mayPass ? packet : { ...packet, messages: [] })
  }
  return receiver
}
