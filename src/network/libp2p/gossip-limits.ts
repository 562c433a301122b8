import type { GossipSub, TopicValidatorResult } from '@libp2p/gossipsub'
import assert from 'node:assert/strict'
import { GOSSIP } from './settings.ts'
import { Buckets } from './token-bucket.ts'

/** The parts of a decoded packet that matter here. */
interface Packet {
  messages: unknown[]
}

/** The gossip service with the method that its interface leaves out: with asynchronous validation, messages wait for this. */
export type Pubsub = GossipSub & { reportMessageValidationResult(messageId: string, from: string, result: TopicValidatorResult): void }

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
  const receive = receiver.handleReceivedRpc.bind(service)
  receiver.handleReceivedRpc = async (from, packet) => {
    const mayPass = messages.take(from.toString(), nowMs(), Math.max(1, packet.messages.length))
    await receive(from, mayPass ? packet : { ...packet, messages: [] })
  }
  return receiver
}
