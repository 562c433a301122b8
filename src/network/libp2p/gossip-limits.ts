import type { GossipSub, TopicValidatorResult } from '@libp2p/gossipsub'
import assert from 'node:assert/strict'
import { GOSSIP } from './settings.ts'
import { Buckets, PeerBuckets } from './token-bucket.ts'

/** Of these an honest peer sends a few a second; what it does not want it says of every message, and the library bounds that. */
const CONTROLS = ['ihave', 'iwant', 'graft', 'prune'] as const

/** The parts of a decoded packet that matter here. */
interface Packet {
  messages: unknown[]
  readonly subscriptions?: readonly unknown[]
  readonly control?: { readonly [kind in (typeof CONTROLS)[number]]?: readonly unknown[] }
}

/** The gossip of the library with the parts that its interface leaves out. */
export type Pubsub = GossipSub & {
  /** With asynchronous validation, messages wait for this. */
  reportMessageValidationResult(messageId: string, from: string, result: TopicValidatorResult): void
  /** By peer: only who stands here can be sent anything, subscribed or not. */
  readonly streamsOutbound: ReadonlyMap<string, unknown>
}

type Receive = (from: { toString(): string }, packet: Packet) => Promise<void>

/** What limiting gossip needs. */
export interface GossipLimits {
  readonly nowMs: () => number
  /** Where a peer is. */
  readonly hostOf: (peer: string) => string | undefined
  /** Hears, at most once a second each, of peers that send more control messages than any honest one does. */
  readonly onFlood: (peer: string) => void
}

const controlsIn = ({ control, subscriptions }: Packet): number =>
  CONTROLS.reduce((sum, kind) => sum + (control?.[kind]?.length ?? 0), subscriptions?.length ?? 0)

/**
 * Drops messages of peers that send too many, and control messages likewise, before anything is remembered of them. The library has no limit per
 * peer, but takes every packet through one public method.
 */
export const limitGossip = (service: GossipSub, { nowMs, hostOf, onFlood }: GossipLimits): Pubsub => {
  const messages = new PeerBuckets(GOSSIP.messages)
  const controls = new PeerBuckets(GOSSIP.controls)
  const strikes = new Buckets(GOSSIP.strikes)
  const receiver = service as Pubsub & { handleReceivedRpc: Receive }
  assert(typeof receiver.handleReceivedRpc === 'function', 'gossipsub takes packets through handleReceivedRpc')
  assert(typeof receiver.reportMessageValidationResult === 'function', 'gossipsub takes verdicts through reportMessageValidationResult')
  assert(receiver.streamsOutbound instanceof Map, 'gossipsub shows its open streams as streamsOutbound')
  const receive = receiver.handleReceivedRpc.bind(service)
  receiver.handleReceivedRpc = async (from, packet) => {
    const peer = from.toString()
    const caller = { peer, host: hostOf(peer) }
    if (!controls.take(caller, nowMs(), controlsIn(packet))) {
      if (strikes.take(peer, nowMs())) onFlood(peer)
      return
    }
    const mayPass = messages.take(caller, nowMs(), Math.max(1, packet.messages.length))
    await receive(from, mayPass ? packet : { ...packet, messages: [] })
  }
  return receiver
}
