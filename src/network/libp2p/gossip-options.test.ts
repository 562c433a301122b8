import { LIMITS, USUAL_TUNING } from '#core'
import type { GossipsubOpts } from '@libp2p/gossipsub'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { gossipOptions } from './gossip-options.ts'
import { GOSSIP } from './settings.ts'

type Packet = Parameters<NonNullable<GossipsubOpts['fastMsgIdFn']>>[0]

const message = (data: Uint8Array): Packet => ({ data, topic: 't' }) as Packet

test('The id of a message is the hash of its content alone', async () => {
  const { msgIdFn, fastMsgIdFn } = gossipOptions('t', () => 0, USUAL_TUNING)
  const [one, same, other] = [Uint8Array.of(1), Uint8Array.of(1), Uint8Array.of(2)]
  const idOf = async (data: Uint8Array): Promise<string> => Buffer.from((await msgIdFn?.({ type: 'unsigned', topic: 't', data })) ?? []).toString('hex')
  assert.equal(await idOf(one), await idOf(same))
  assert.notEqual(await idOf(one), await idOf(other))
  assert.equal((await idOf(one)).length, 40)
  assert.equal(fastMsgIdFn?.(message(one)), fastMsgIdFn?.(message(same)))
})

test('New messages of all peers together are bounded in size and number before their ids are remembered', () => {
  let nowMs = 0
  const { fastMsgIdFn } = gossipOptions('t', () => nowMs, USUAL_TUNING)
  assert.throws(() => fastMsgIdFn?.(message(new Uint8Array(LIMITS.gossipBytes + 1))), RangeError)
  for (let count = 0; count < GOSSIP.newMessages.burst; count += 1) fastMsgIdFn?.(message(Uint8Array.of(1)))
  assert.throws(() => fastMsgIdFn?.(message(Uint8Array.of(1))), RangeError)
  nowMs += 1000
  for (let count = 0; count < GOSSIP.newMessages.perSecond; count += 1) fastMsgIdFn?.(message(Uint8Array.of(1)))
  assert.throws(() => fastMsgIdFn?.(message(Uint8Array.of(1))), RangeError)
})

test('Peers that share one address are held against nobody on a LAN or on this machine', () => {
  const shared = gossipOptions('t', () => 0, USUAL_TUNING).scoreParams?.IPColocationFactorWhitelist
  assert.deepEqual(['127.0.0.1', '192.168.0.1', '::1', '8.8.8.8'].map((host) => shared?.has(host)), [true, true, true, false])
})

test('The largest batch that a peer may ask for fits into one packet', () => {
  const { decodeRpcLimits, maxInboundDataLength } = gossipOptions('t', () => 0, USUAL_TUNING)
  assert((decodeRpcLimits?.maxIwantMessageIDs ?? Infinity) * LIMITS.opBytes < (maxInboundDataLength ?? 0))
  assert((decodeRpcLimits?.maxMessages ?? 0) >= (decodeRpcLimits?.maxIwantMessageIDs ?? Infinity))
})

test('A message stays known for as long as a judge may take', () => {
  assert((gossipOptions('t', () => 0, USUAL_TUNING).mcacheLength ?? 0) * 1000 > LIMITS.askTimeoutMs)
  const brief = gossipOptions('t', () => 0, { ...USUAL_TUNING, historyLength: 1, heartbeatMs: 500 })
  assert((brief.mcacheLength ?? 0) * 500 > LIMITS.askTimeoutMs)
  assert.equal(gossipOptions('t', () => 0, { ...USUAL_TUNING, historyLength: 60 }).mcacheLength, 60)
})
