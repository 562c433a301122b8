import { Events, type GgenEvent, parseBanSubject, parsePeerId, type PeerId } from '#core'
import { TestClock } from '#testing'
import type { Connection } from '@libp2p/interface'
import { multiaddr } from '@multiformats/multiaddr'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createGate } from './gate.ts'
import { Penalties } from './penalties.ts'

const [SELF, EVE, MALLORY, BOB] = [
  '12D3KooWDpJ7As7BWAwRMfu1VU2WCqNjvq387JEYKDBj4kx6nXTN', '12D3KooWRBhwfeP2Y4TCx1SM6s9rUoHhR5STiGwxBhgFRcw3UERE',
  '12D3KooWMBo8WK5cZdFJxnf1e6tjqpJkvPtJpd9hAvmLR5tRqP5r', '12D3KooWLL8aGkGYF66EFxVzrsK1fk7QLYVWcbWkRoZfS2dGYTnY',
].map(parsePeerId) as [PeerId, PeerId, PeerId, PeerId]

interface Scene {
  readonly penalties: Penalties
  readonly aborted: string[]
  readonly events: GgenEvent[]
  readonly clock: TestClock
}

const scene = (address: string, connected: readonly PeerId[] = []): Scene => {
  const events = new Events()
  const seen: GgenEvent[] = []
  events.subscribe((event) => seen.push(event))
  const aborted: string[] = []
  const clock = new TestClock()
  const connection = (peer: string): Connection =>
    ({ remoteAddr: multiaddr(address), remotePeer: peer, abort: (error: Error) => aborted.push(`${peer} ${error.message}`) }) as unknown as Connection
  const node = { getConnections: (peer?: { toString(): string }) => (peer === undefined ? connected : [peer.toString()]).map(connection) }
  return { penalties: new Penalties({ self: SELF, node, gate: createGate(SELF, clock), events }), aborted, events: seen, clock }
}

test('the fifth strike bans, cuts and tells, and so does one proven lie', () => {
  const { penalties, aborted, events } = scene('/ip4/8.8.8.8/tcp/1')
  for (let strikes = 0; strikes < 4; strikes++) penalties.strike(EVE)
  assert.deepEqual([penalties.admits(EVE), aborted, events], [true, [], []])
  penalties.strike(EVE)
  penalties.ban(MALLORY, 'wrong bytes')
  assert.deepEqual([penalties.admits(EVE), penalties.admits(MALLORY), penalties.admits(BOB)], [false, false, true])
  assert.deepEqual(aborted, [`${EVE} the peer was banned: it broke the rules too often`, `${MALLORY} the peer was banned: wrong bytes`])
  assert.deepEqual(events.map((event) => event.type === 'peer-banned' && event.peer), [EVE, MALLORY])
})

test('two banned peers of one host ban the host in every spelling, for all that come from there', () => {
  const { penalties, clock } = scene('/ip6/2001:4860::1/tcp/1')
  penalties.ban(EVE, 'a lie')
  assert(penalties.admits(BOB, '2001:4860::1'))
  penalties.ban(MALLORY, 'a lie')
  for (const host of ['2001:4860::1', '2001:4860:0:0:0:0:0:1', '2001:4860:0::0001%eth0']) assert(!penalties.admits(BOB, host), host)
  assert(penalties.admits(BOB) && penalties.admits(BOB, '2001:4860::2'))
  clock.advance(10 * 60_000)
  assert(penalties.admits(BOB, '2001:4860::1'))
})

test('a node neither bans nor cuts itself', () => {
  const { penalties, aborted } = scene('/ip4/127.0.0.1/tcp/1')
  penalties.ban(SELF, 'a bug')
  assert.deepEqual([penalties.admits(SELF), aborted], [true, []])
})

test('a ban of the user cuts every connection that it covers, but none of an allowed peer', () => {
  const { penalties, aborted, events } = scene('/ip4/8.8.8.8/tcp/1', [EVE, BOB])
  penalties.access.allow(BOB)
  penalties.access.ban(parseBanSubject('8.8.8.8/24'), { reason: 'spam' })
  assert.deepEqual([aborted, events], [[`${EVE} the peer was banned: spam`], []])
  penalties.access.ban(MALLORY, { reason: 'rude' })
  assert.deepEqual(aborted.slice(1), [`${MALLORY} the peer was banned: rude`])
  assert.deepEqual(events, [{ type: 'peer-banned', peer: MALLORY, reason: 'rude' }])
})

test('the host of this machine is not banned for its peers', () => {
  const { penalties } = scene('/ip4/127.0.0.1/tcp/1')
  for (const peer of [EVE, MALLORY]) penalties.ban(peer, 'a lie')
  assert(penalties.admits(BOB, '127.0.0.1') && !penalties.admits(EVE))
})
