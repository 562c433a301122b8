import { LIMITS, parseBanSubject, type PeerId } from '#core'
import { knownPeer, TestClock } from '#testing'
import type { MultiaddrConnection } from '@libp2p/interface'
import { peerIdFromString } from '@libp2p/peer-id'
import { multiaddr } from '@multiformats/multiaddr'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createGate, type Gate } from './gate.ts'

const SELF = '12D3KooWDpJ7As7BWAwRMfu1VU2WCqNjvq387JEYKDBj4kx6nXTN'
const other = peerIdFromString('12D3KooWRBhwfeP2Y4TCx1SM6s9rUoHhR5STiGwxBhgFRcw3UERE')

const ANOTHER = knownPeer('another').id

class FakeConnection extends EventTarget {
  readonly remoteAddr: ReturnType<typeof multiaddr>
  constructor(address: string) {
    super()
    this.remoteAddr = multiaddr(address)
  }
}

const knock = async (gate: Gate, address: string): Promise<{ readonly isDenied: boolean; readonly connection: FakeConnection }> => {
  const connection = new FakeConnection(address)
  return { isDenied: (await gate.gater.denyInboundConnection?.(connection as unknown as MultiaddrConnection)) === true, connection }
}

test('Half-open connections of one host hold their places until they close', async () => {
  const gate = createGate(SELF, new TestClock())
  const knocks = await Promise.all(Array.from({ length: 6 }, () => knock(gate, '/ip4/8.8.8.8/tcp/1')))
  assert.deepEqual(knocks.map(({ isDenied }) => isDenied), [false, false, false, false, true, true])
  knocks[0]?.connection.dispatchEvent(new Event('close'))
  knocks[5]?.connection.dispatchEvent(new Event('close'))
  assert.equal(gate.inbound.total, 3)
  assert.equal((await knock(gate, '/ip4/8.8.8.8/tcp/2')).isDenied, false)
})

test('Who comes from nowhere is refused', async () => {
  assert((await knock(createGate(SELF, new TestClock()), '/unix/var%2Fsocket')).isDenied)
})

test('A banned peer is refused in every direction until its time is up, a banned host before it says a word', async () => {
  const clock = new TestClock()
  const gate = createGate(SELF, clock)
  for (let count = 0; count < 5; count += 1) gate.access.strike({ peer: other.toString() as PeerId, host: '8.8.8.8' }, 'junk')
  const { denyDialPeer, denyInboundEncryptedConnection } = gate.gater
  const denials = async (): Promise<unknown[]> => [await denyDialPeer?.(other), await denyInboundEncryptedConnection?.(other, {} as MultiaddrConnection)]
  assert.deepEqual(await denials(), [true, true])
  assert.equal((await knock(gate, '/ip4/8.8.8.8/tcp/1')).isDenied, false)
  for (let count = 0; count < 5; count += 1) gate.access.strike({ peer: ANOTHER, host: '8.8.8.8' }, 'junk')
  assert.equal((await knock(gate, '/ip4/8.8.8.8/tcp/1')).isDenied, true)
  clock.advance(60 * 60_000)
  assert.deepEqual(await denials(), [false, false])
  assert.equal((await knock(gate, '/ip4/8.8.8.8/tcp/1')).isDenied, false)
})

test('Addresses that may not be dialled are not remembered either, except the own ones', async () => {
  const { rules, gater } = createGate(SELF, new TestClock())
  rules.meet('/ip4/8.8.8.8/tcp/1')
  const local = multiaddr('/ip4/127.0.0.1/tcp/6379')
  assert.deepEqual([await gater.denyDialMultiaddr?.(local), await gater.filterMultiaddrForPeer?.(other, local)], [true, false])
  assert.equal(await gater.filterMultiaddrForPeer?.(peerIdFromString(SELF), local), true)
  assert.deepEqual([await gater.denyDialMultiaddr?.(multiaddr('/ip4/9.9.9.9/tcp/1')), await gater.denyInboundRelayReservation?.(other)], [false, true])
})

test('An allowed peer gets in where its host has no place left, a few at a time may claim to be one, and nobody else stays', async () => {
  const gate = createGate(SELF, new TestClock())
  const address = '/ip4/8.8.8.8/tcp/1'
  for (let index = 0; index < LIMITS.inboundPerHost; index += 1) assert(!(await knock(gate, address)).isDenied)
  assert((await knock(gate, address)).isDenied)
  gate.access.allow(ANOTHER)
  const [first, second, third] = [await knock(gate, address), await knock(gate, address), await knock(gate, address)]
  assert.deepEqual([first, second, third].map(({ isDenied }) => isDenied), [false, false, true])
  const isLetIn = async ({ connection }: typeof first, peer: string): Promise<boolean> =>
    (await gate.gater.denyInboundEncryptedConnection?.(peerIdFromString(peer), connection as unknown as MultiaddrConnection)) === false
  assert.deepEqual([await isLetIn(first, other.toString()), await isLetIn(second, ANOTHER)], [false, true])
  assert(!(await knock(gate, address)).isDenied, 'the places of those who are known are free again')
})

test('An allowed peer gets in from a banned host, and others are not dialled there', async () => {
  const gate = createGate(SELF, new TestClock())
  gate.access.decree(parseBanSubject('8.8.8.0/24'), { reason: 'spam' })
  assert((await knock(gate, '/ip4/8.8.8.8/tcp/1')).isDenied)
  gate.access.allow(ANOTHER)
  const { isDenied, connection } = await knock(gate, '/ip4/8.8.8.8/tcp/1')
  const deny = async (peer: string): Promise<unknown> =>
    gate.gater.denyOutboundEncryptedConnection?.(peerIdFromString(peer), connection as unknown as MultiaddrConnection)
  assert.deepEqual([isDenied, await deny(ANOTHER), await deny(other.toString())], [false, false, true])
})
