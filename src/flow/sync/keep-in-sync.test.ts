import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type ErrorCode, Events, GgenError, type GgenEvent, LIMITS, type PeerId } from '#core'
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
  const { loop, clock, link, events, other } = setUp(async () => ({ added: (sessions += 1), complete: true }))
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
    return { added: 0, complete: true }
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

interface Crowd {
  readonly loop: SyncLoop
  readonly clock: TestClock
  readonly peers: readonly PeerId[]
  readonly link: (...places: readonly number[]) => void
  readonly cut: (place: number) => void
  readonly isBanned: (place: number) => boolean
  /** Places of the peers whose sessions began, in order. */
  readonly begun: readonly number[]
  /** Ends the session of a peer that runs: with an error or well. */
  readonly end: (place: number, code?: ErrorCode, added?: number) => Promise<void>
}

/** One node and many peers; each session runs until it is ended by hand. */
const crowd = (size: number): Crowd => {
  const [clock, events] = [new TestClock(), new Events()]
  const hub = memoryHub({ clock })
  const network = hub.join()
  const peers = Array.from({ length: size }, () => hub.join().self)
  const begun: number[] = []
  const running = new Map<PeerId, PromiseWithResolvers<Awaited<ReturnType<Session>>>>()
  let ended = 0
  events.subscribe(({ type }) => {
    if (type === 'synced' || type === 'sync-failed') ended += 1
  })
  const session: Session = (peer, signal) => {
    assert(!running.has(peer), 'one at a time')
    const ends = Promise.withResolvers<Awaited<ReturnType<Session>>>()
    running.set(peer, ends)
    signal.addEventListener('abort', () => ends.reject(new Error('aborted')))
    begun.push(peers.indexOf(peer))
    return ends.promise.finally(() => running.delete(peer))
  }
  const at = (place: number): PeerId => peers[place]!
  return {
    loop: new SyncLoop({ network, clock, random: seeded('crowd'), events, everyMs: LIMITS.syncEveryMs, session }), clock, peers, begun,
    link: (...places) => places.forEach((place) => hub.link(network.self, at(place))),
    cut: (place) => hub.cut(network.self, at(place)),
    isBanned: (place) => !network.admits(at(place)),
    end: async (place, code, added = 0) => {
      const before = ended
      if (code === undefined) running.get(at(place))?.resolve({ added, complete: true })
      else running.get(at(place))?.reject(new GgenError(code, 'it happened'))
      await until('the session is over', () => ended > before)
    },
  }
}

test('few sessions run at once; the others have their turns in the order in which they came', async () => {
  const { loop, link, begun, end } = crowd(6)
  await using _loop = loop
  link(0, 1, 2, 3, 4, 5)
  const first = Array.from({ length: LIMITS.syncSessions }, (_, place) => place)
  assert.deepEqual(begun, first)
  for (let place = 0; place < 6; place += 1) {
    await end(place, place % 2 === 0 ? undefined : 'timeout')
    assert.equal(begun.length, Math.min(6, place + 1 + LIMITS.syncSessions))
  }
  assert.deepEqual(begun, [0, 1, 2, 3, 4, 5])
})

test('a peer that goes while it waits is not asked', async () => {
  const { loop, link, cut, begun, end } = crowd(4)
  await using _loop = loop
  link(0, 1, 2, 3)
  cut(2)
  await end(0)
  await end(1)
  assert.deepEqual(begun, [0, 1, 3])
})

test('who sends what no honest node sends is banned at once', async () => {
  for (const code of ['op-invalid', 'integrity'] as const) {
    const { loop, link, isBanned, end } = crowd(2)
    await using _loop = loop
    link(0, 1)
    await end(0, code)
    assert.deepEqual([isBanned(0), isBanned(1)], [true, false], code)
  }
})

test('who breaks the rules is banned when it did so several times in a row; who is slow or gone never is', async () => {
  const { loop, link, peers, isBanned, end } = crowd(1)
  await using _loop = loop
  link(0)
  const again = async (code?: ErrorCode): Promise<boolean> => {
    loop.syncSoon(peers[0]!)
    await end(0, code)
    return isBanned(0)
  }
  await end(0, 'frame-invalid')
  for (let fault = 2; fault < LIMITS.syncFaults; fault += 1) assert.equal(await again('frame-invalid'), false)
  assert.equal(await again(), false, 'one that goes well')
  for (const code of ['timeout', 'peer-unreachable', 'too-busy', 'cancelled'] as const) {
    for (let time = 0; time < 4; time += 1) assert.equal(await again(code), false, code)
  }
  for (let fault = 1; fault < LIMITS.syncFaults; fault += 1) assert.equal(await again('frame-invalid'), false)
  assert.equal(await again('frame-invalid'), true)
  assert.equal(loop.freshness(), 'alone')
})

test('who knows of more is compared with at once, and once more when a session was on its way already', async () => {
  const { loop, link, peers, begun, end } = crowd(2)
  await using _loop = loop
  link(0, 1)
  await end(0)
  loop.syncSoon(peers[0]!)
  assert.deepEqual(begun, [0, 1, 0])
  for (let time = 0; time < 3; time += 1) loop.syncSoon(peers[1]!)
  assert.deepEqual(begun, [0, 1, 0], 'never two with one peer')
  await end(1)
  assert.deepEqual(begun, [0, 1, 0, 1], 'what it told of may be in what was compared before')
  await end(1)
  await end(0)
  assert.deepEqual(begun, [0, 1, 0, 1], 'three calls are one more session')
})

test('who says that it has something is compared with at once, and then after a pause, however often it says so', async () => {
  const { loop, link, clock, peers, begun, end } = crowd(1)
  await using _loop = loop
  link(0)
  await end(0)
  clock.advance(LIMITS.syncPauseMs)
  for (let time = 0; time < 5; time += 1) loop.syncPolitely(peers[0]!)
  assert.equal(begun.length, 2)
  await end(0)
  assert.equal(begun.length, 2)
  clock.advance(LIMITS.syncPauseMs)
  await until('the last word was heard', () => begun.length === 3)
  await end(0)
  clock.advance(LIMITS.syncPauseMs)
  assert.equal(begun.length, 3)
})

test('who learned something compares with a few others, and not with whom it learned it from', async () => {
  const { loop, link, clock, begun, end } = crowd(5)
  await using _loop = loop
  link(0, 1, 2, 3, 4)
  for (let place = 0; place < 5; place += 1) await end(place)
  clock.advance(LIMITS.syncPauseMs)
  loop.spread()
  assert.equal(begun.length, 5 + LIMITS.syncSpread)
  const [first, second] = begun.slice(5)
  assert.notEqual(first, second)
  await end(first!, undefined, 3)
  await until('others are told', () => begun.length > 5 + LIMITS.syncSpread)
  assert(!begun.slice(5 + LIMITS.syncSpread).includes(first!))
})

test('a session that runs for too long is ended', async () => {
  const { loop, link, clock, begun } = crowd(3)
  await using _loop = loop
  link(0, 1, 2)
  clock.advance(LIMITS.syncSessionMs)
  await until('the third has its turn', () => begun.includes(2))
})

test('comparisons that came to their end are evidence, broken ones and endless ones are not', async () => {
  let ending: { complete: boolean } | undefined = { complete: false }
  const { loop, link, events, other } = setUp(async () => {
    if (ending === undefined) throw new GgenError('timeout', 'it is slow')
    return { added: 0, ...ending }
  })
  await using _loop = loop
  assert.deepEqual(loop.evidence(undefined), { peers: 0, networks: 0, proven: false })
  link()
  await until('the first session is over', () => events.length === 1)
  assert.equal(loop.evidence(undefined).peers, 0, 'it went on and on')
  ending = undefined
  loop.syncSoon(other)
  await until('the second session is over', () => events.length === 2)
  assert.equal(loop.evidence(undefined).peers, 0, 'it failed')
  ending = { complete: true }
  loop.syncSoon(other)
  await until('the third session is over', () => events.length === 3)
  const { peers, networks } = loop.evidence(undefined)
  assert.deepEqual([peers, networks], [1, 1])
})
