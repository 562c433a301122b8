import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Events, GgenError, type GgenEvent, LIMITS, type PeerId } from '#core'
import { memoryHub } from '#network'
import { seeded, TestClock, until } from '#testing'
import { type Session, SyncLoop } from './keep-in-sync.ts'

interface Scene {
  readonly loop: SyncLoop
  readonly clock: TestClock
  readonly events: readonly GgenEvent[]
  readonly other: PeerId
  readonly link: () => void
  readonly cut: () => void
}

const setUp = (session: Session): Scene => {
  const clock = new TestClock()
  const hub = memoryHub({ clock })
  const [network, other] = [hub.join(), hub.join().self]
  const events = new Events()
  const seen: GgenEvent[] = []
  events.subscribe((event) => seen.push(event))
  const loop = new SyncLoop({ network, clock, random: seeded('loop'), events, everyMs: LIMITS.syncEveryMs, session })
  return { loop, clock, events: seen, other, link: () => hub.link(network.self, other), cut: () => hub.cut(network.self, other) }
}

test('a peer that connects is asked at once, and one at random every minute', async () => {
  let sessions = 0
  const { loop, clock, link, events, other } = setUp(async () => (sessions += 1))
  await using _loop = loop
  assert.equal(loop.freshness(), 'alone')
  link()
  await until('the first session is over', () => events.length === 1)
  assert.deepEqual(events, [{ type: 'synced', peer: other, added: 1, durationMs: 0 }])
  assert.equal(loop.freshness(), 'synced')
  clock.advance(1.25 * LIMITS.syncEveryMs)
  await until('the second session is over', () => events.length === 2)
  assert.equal(sessions, 2)
})

test('a session that fails is reported, and what was known gets old', async () => {
  let broken = false
  const { loop, clock, link, events } = setUp(async () => {
    if (broken) throw new GgenError('peer-unreachable', 'gone')
    return 0
  })
  await using _loop = loop
  link()
  await until('the first session is over', () => events.length === 1)
  broken = true
  clock.advance(4 * LIMITS.syncEveryMs)
  await until('the failure is reported', () => events.some((event) => event.type === 'sync-failed' && event.code === 'peer-unreachable'))
  assert.equal(loop.freshness(), 'syncing')
})

test('one session a peer at a time; disposing ends it', async () => {
  let [begun, aborted] = [0, 0]
  const { loop, link, cut } = setUp((_peer, signal) => {
    begun++
    return new Promise((_resolve, reject) => signal.addEventListener('abort', () => {
      aborted++
      reject(new Error('aborted'))
    }))
  })
  link()
  cut()
  link()
  assert.equal(begun, 1)
  await loop[Symbol.asyncDispose]()
  assert.equal(aborted, 1)
})
