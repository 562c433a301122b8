import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type AccessRecords, GgenError, isGgenError, LIMITS, parseBanSubject, parseMultiaddr, type PeerId } from '#core'
import { knownPeer, TestClock } from '#testing'
import { AccessLists, peerAccess } from './access-lists.ts'
import { memoryAccessRecords } from './memory-access-records.ts'

const [SELF, EVE, BOB, SEED] = ['self', 'eve', 'bob', 'seed'].map((name) => knownPeer(name).id) as [PeerId, PeerId, PeerId, PeerId]
const HOST = '8.8.8.8'

const open = (records: AccessRecords = memoryAccessRecords()): { readonly lists: AccessLists; readonly clock: TestClock; readonly failures: unknown[] } => {
  const clock = new TestClock()
  const failures: unknown[] = []
  const named = [parseMultiaddr(`/ip4/192.0.2.1/tcp/4001/p2p/${SEED}`), parseMultiaddr('/dns4/seed.example/tcp/4001')]
  return { lists: new AccessLists({ self: SELF, clock, records, named, onFailure: (error) => failures.push(error) }), clock, failures }
}

test('Bans and the allow list are there after a restart', () => {
  const records = memoryAccessRecords()
  const { lists } = open(records)
  assert.equal(lists.convict({ peer: EVE, host: HOST }, 'wrong bytes').length, 1)
  lists.decree(parseBanSubject('9.9.9.9'), { reason: 'spam' })
  lists.allow(BOB)
  const { lists: again } = open(records)
  assert.deepEqual([again.isBanned(EVE), again.isBannedHost('9.9.9.9'), again.isAllowed(BOB)], [true, true, true])
  assert.deepEqual(again.bans(), lists.bans())
  assert.deepEqual(again.allowed(), lists.allowed())
})

test('The node bans neither itself, nor whom the user allows, nor whom the user named, by id or met there', () => {
  const { lists } = open()
  lists.allow(BOB)
  lists.name(parseMultiaddr('/dns4/seed.example/tcp/4001'), EVE)
  for (const peer of [SELF, BOB, SEED, EVE]) {
    assert.deepEqual([lists.convict({ peer, host: HOST }, 'lie'), lists.isBanned(peer), lists.isBannedHost(HOST)], [[], false, false])
    for (let strikes = 0; strikes < 10; strikes += 1) assert.deepEqual(lists.strike({ peer, host: HOST }, 'junk'), [])
  }
})

test('Whom the user bans is banned, named or allowed or not, and the last word counts', () => {
  const { lists } = open()
  lists.allow(BOB)
  for (const peer of [BOB, SEED]) lists.decree(peer, { reason: 'no more' })
  assert.deepEqual([lists.isBanned(BOB), lists.isBanned(SEED), lists.allowed()], [true, true, []])
  lists.allow(BOB)
  assert.deepEqual([lists.isBanned(BOB), lists.bans().map(({ subject }) => subject)], [false, [SEED]])
  assert.throws(() => lists.decree(SELF, { reason: 'x' }), (error) => isGgenError(error, 'denied'))
})

test('A banned host keeps out all but allowed peers, and peers that the user named unless the user banned it', () => {
  const { lists } = open()
  for (const peer of [knownPeer('a').id, knownPeer('b').id]) lists.convict({ peer, host: HOST }, 'lie')
  lists.decree(parseBanSubject('9.9.9.0/24'), { reason: 'spam' })
  lists.allow(BOB)
  const admitted = [EVE, SEED, BOB].map((peer) => [lists.admits(peer, HOST), lists.admits(peer, '9.9.9.1'), lists.admits(peer, '1.1.1.1')])
  assert.deepEqual(admitted, [[false, false, true], [true, false, true], [true, true, true]])
})

test('What is not listed cannot be taken off a list', () => {
  const { lists } = open()
  for (const attempt of [() => lists.unban(EVE), () => lists.disallow(EVE)]) assert.throws(attempt, (error) => isGgenError(error, 'not-listed'))
  lists.decree(EVE, { reason: 'x' })
  lists.unban(EVE)
  assert(!lists.isBanned(EVE))
})

test('The allow list is short', () => {
  const { lists } = open()
  for (let index = 0; index < LIMITS.allowedPeers; index += 1) lists.allow(knownPeer(`friend ${index}`).id)
  assert.throws(() => lists.allow(BOB), (error) => isGgenError(error, 'too-busy'))
  assert.equal(lists.allow(knownPeer('friend 0').id).peer, knownPeer('friend 0').id)
})

test('A ban that cannot be kept holds all the same and is told; one that a user wants is refused', () => {
  const full = (): never => {
    throw new GgenError('disk-full', 'no room')
  }
  const { lists, failures } = open({ ...memoryAccessRecords(), putBan: full })
  assert.equal(lists.convict({ peer: EVE }, 'lie').length, 1)
  assert.deepEqual([lists.isBanned(EVE), failures.length], [true, 1])
  assert.throws(() => lists.decree(BOB, { reason: 'x' }), (error) => isGgenError(error, 'disk-full'))
  assert(!lists.isBanned(BOB))
})

test('A ban of the user cuts whom it covers', () => {
  const cut: string[] = []
  const access = peerAccess(open().lists, (subject, reason) => cut.push(`${subject} ${reason}`))
  access.ban(parseBanSubject(HOST), { reason: 'spam', forMs: 1000 })
  assert.deepEqual(cut, [`${HOST} spam`])
  assert.deepEqual(access.bans().map(({ remainingMs }) => remainingMs), [1000])
  access.unban(parseBanSubject(HOST))
  assert.deepEqual(access.allow(BOB), access.allowed()[0])
  access.disallow(BOB)
  assert.deepEqual([access.bans(), access.allowed()], [[], []])
})
