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

type Source = { toString(): string }

/** The parts of the library that take what comes in. */
interface Receiver {
  decodeRpc(bytes: Uint8Array): Packet
  handleReceivedRpc(from: Source, packet: Packet): Promise<void>
  pipePeerReadStream(from: Source, stream: AsyncIterable<{ subarray(): Uint8Array }>): Promise<void>
  handlePeerReadStreamError(error: unknown, from: Source): void
  readonly streamsInbound: ReadonlyMap<string, { readonly rawStream: { abort(error: Error): void } }>
}

/** A packet that holds more than we take, as an honest peer may send once a second, counts as so many control messages. */
const OVERFULL_CONTROLS = 10
/** What the library throws when it meets one of its limits. */
const LIMIT_ERRORS: ReadonlySet<string> = new Set(['MaxLengthError', 'MaxSizeError'])
/** What it throws when a packet says that it is larger than any may be. */
const LENGTH_ERRORS: ReadonlySet<string> = new Set(['InvalidDataLengthError', 'InvalidDataLengthLengthError'])

/** What limiting gossip needs. */
export interface GossipLimits {
  readonly nowMs: () => number
  /** Where a peer is. */
  readonly hostOf: (peer: string) => string | undefined
  /** Counts provable misbehaviour: packets that nobody can read, and, once a second, more of them than any honest peer sends. */
  readonly strike: (peer: string) => void
}

const controlsIn = ({ control, subscriptions }: Packet): number =>
  CONTROLS.reduce((sum, kind) => sum + (control?.[kind]?.length ?? 0), subscriptions?.length ?? 0)

/**
 * Drops messages of peers that send too many, and control messages likewise, before anything is remembered of them. The library has no limit per
 * peer, but takes every packet through one public method.
 */
export const limitGossip = (service: GossipSub, { nowMs, hostOf, strike }: GossipLimits): Pubsub => {
  const messages = new PeerBuckets(GOSSIP.messages)
  const controls = new PeerBuckets(GOSSIP.controls)
  const packets = new PeerBuckets(GOSSIP.packets)
  const strikes = new Buckets(GOSSIP.strikes)
  const receiver = service as Pubsub & Receiver
  assert(typeof receiver.handleReceivedRpc === 'function', 'gossipsub takes packets through handleReceivedRpc')
  assert(typeof receiver.reportMessageValidationResult === 'function', 'gossipsub takes verdicts through reportMessageValidationResult')
  assert(receiver.streamsOutbound instanceof Map && receiver.streamsInbound instanceof Map, 'gossipsub shows its open streams')
  assert(typeof receiver.decodeRpc === 'function' && typeof receiver.pipePeerReadStream === 'function', 'gossipsub reads streams through these')
  const receive = receiver.handleReceivedRpc.bind(service)
  const flooded = (peer: string): void => {
    if (strikes.take(peer, nowMs())) strike(peer)
  }
  receiver.handleReceivedRpc = async (from, packet) => {
    const peer = from.toString()
    const caller = { peer, host: hostOf(peer) }
    if (!controls.take(caller, nowMs(), controlsIn(packet))) {
      flooded(peer)
      return
    }
    const mayPass = messages.take(caller, nowMs(), Math.max(1, packet.messages.length))
    await receive(from, mayPass ? packet : { ...packet, messages: [] })
  }
  // The library's own loop takes any number of packets that it cannot read, and an error is thrown inside for each of them.
  receiver.pipePeerReadStream = async (from, stream) => {
    const peer = from.toString()
    try {
      for await (const bytes of stream) {
        const caller = { peer, host: hostOf(peer) }
        const packet = packets.take(caller, nowMs()) ? readPacket(receiver, bytes.subarray()) : 'flood'
        if (typeof packet !== 'string') await receiver.handleReceivedRpc(from, packet)
        else if (packet === 'broken') strike(peer)
        else if (packet === 'flood' || !controls.take(caller, nowMs(), OVERFULL_CONTROLS)) flooded(peer)
      }
    } catch (error) {
      if (error instanceof Error && LENGTH_ERRORS.has(error.name)) {
        strike(peer)
        // Nobody reads it any more, and the library leaves it open.
        receiver.streamsInbound.get(peer)?.rawStream.abort(error)
      }
      receiver.handlePeerReadStreamError(error, from)
    }
  }
  return receiver
}

const readPacket = (receiver: Receiver, bytes: Uint8Array): Packet | 'broken' | 'overfull' => {
  try {
    return receiver.decodeRpc(bytes)
  } catch (error) {
    return error instanceof Error && LIMIT_ERRORS.has(error.name) ? 'overfull' : 'broken'
  }
}
