import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Events, GgenError, type GgenEvent, type IdentityId, LIMITS, type PeerId } from '#core'
import { type ConnectedPeer, memoryHub, type Network } from '#network'
import { Publisher, seeded, TestClock, until } from '#testing'
import { HeedLoop, type HeedParts } from './keep-heeded.ts'

const [ALICE, BOB] = ['alice', 'bob'].map((seed) => new Publisher(seed).identity) as [IdentityId, IdentityId]

type Asked = readonly [peer: number, identity: IdentityId, after: number]

interface Scene {
  readonly loop: HeedLoop
  readonly clock: TestClock
  readonly asked: readonly Asked[]
  readonly events: readonly GgenEvent[]
  readonly network: Network
  readonly peers: readonly PeerId[]
  readonly link: (place: number) => void
  readonly cut: (place: number) => void
}

const setUp = (followed: readonly IdentityId[], change: Partial<HeedParts> = {}): Scene => {
  const clock = new TestClock()
  const hub = memoryHub({ clock })
  const [network, ...others] = Array.from({ length: 6 }, () => hub.join()) as [Network, ...Network[]]
  const peers = others.map(({ self }) => self)
  const events = new Events()
  const seen: GgenEvent[] = []
  events.subscribe((event) => seen.push(event))
  const asked: Asked[] = []
  const pull: HeedParts['pull'] = async (peer, { identity, after }) => {
    asked.push([peers.indexOf(peer), identity, after])
    return after + 7
  }
  const loop = new HeedLoop({ network, clock, random: seeded('heed'), events, everyMs: LIMITS.syncEveryMs, followed: () => followed, pull, ...change })
  const linkTo = (place: number): PeerId => peers[place] ?? assert.fail('no such peer')
  const [link, cut] = [(place: number) => hub.link(network.self, linkTo(place)), (place: number) => hub.cut(network.self, linkTo(place))]
  return { loop, clock, asked, events: seen, network, peers, link, cut }
}

test('Whoever comes is asked about all that are followed, and one at random again in every round, from where it was left', async () => {
  const { loop, clock, asked, link } = setUp([ALICE, BOB])
  await using _loop = loop
  link(0)
  await until('both were asked about', () => asked.length === 2)
  link(1)
  for (let round = 0; round < 9; round += 1) {
    clock.advance(1.25 * LIMITS.syncEveryMs)
    await until('both were asked about again', () => asked.length === 4 + 2 * round)
  }
  assert.deepEqual(asked.slice(0, 2), [[0, ALICE, 0], [0, BOB, 0]])
  for (const identity of [ALICE, BOB]) {
    for (const peer of [0, 1]) {
      const places = asked.filter(([who, of]) => who === peer && of === identity).map(([, , after]) => after)
      assert.deepEqual(places, places.map((_, turn) => 7 * turn), 'every peer goes on where it was')
      assert(places.length > 1, 'each has its turn')
    }
  }
})

test('One that is followed from now on is asked about at once, of a few peers, and from the beginning', async () => {
  const { loop, asked, link } = setUp([ALICE])
  await using _loop = loop
  await loop.hear(ALICE)
  assert.equal(asked.length, 0, 'nobody is there')
  for (const place of [0, 1, 2, 3, 4]) link(place)
  await until('it was asked about', () => asked.length === 1)
  await loop.hear(BOB)
  const before = asked.length
  await loop.hear(ALICE)
  const now = asked.slice(before)
  assert.deepEqual([now.length, new Set(now.map(([peer]) => peer)).size], [LIMITS.heedPeers, LIMITS.heedPeers])
  assert(now.every(([, , after]) => after === 0))
})

test('Peers that do not speak the protocol are not asked, and one that left begins anew', async () => {
  const old = (peer: ConnectedPeer): ConnectedPeer => ({ ...peer, protocols: ['/ggen/feed/1'] })
  const { loop, asked, network, link, cut } = setUp([ALICE])
  await using _loop = loop
  link(0)
  await until('it was asked', () => asked.length === 1)
  cut(0)
  link(0)
  await loop.hear(ALICE)
  assert.deepEqual(asked.at(-1), [0, ALICE, 0])
  const peers = (): readonly ConnectedPeer[] => network.peers().map(old)
  let pulled = 0
  const pull = async (): Promise<number> => (pulled += 1)
  const deaf = setUp([ALICE], { network: { peers, onPeer: network.onPeer.bind(network), ban: () => assert.fail('banned') }, pull })
  await using _deaf = deaf.loop
  await deaf.loop.hear(ALICE)
  assert.equal(pulled, 0)
})

test('A peer that fails is reported, and the next is asked; one that lies is banned', async () => {
  let code: 'peer-unreachable' | 'op-invalid' = 'peer-unreachable'
  const { loop, clock, events, network, peers, link } = setUp([ALICE], {
    pull: async () => {
      throw new GgenError(code, 'no')
    },
  })
  await using _loop = loop
  link(0)
  await until('its failure is told', () => events.some((event) => event.type === 'task-failed' && event.code === 'peer-unreachable'))
  assert(network.admits(peers[0]!))
  code = 'op-invalid'
  clock.advance(1.25 * LIMITS.syncEveryMs)
  await until('it is banned', () => !network.admits(peers[0]!))
})

test('A peer that is slow keeps nobody waiting for long, and disposing ends every question', async () => {
  const signals: AbortSignal[] = []
  const { loop, clock, link } = setUp([ALICE], {
    pull: (_peer, { signal }) => {
      signals.push(signal)
      return new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(new GgenError('timeout', 'too slow'))))
    },
  })
  link(0)
  await until('it was asked', () => signals.length === 1)
  const beginning = loop.hear(ALICE)
  await until('it was asked again', () => signals.length === 2)
  clock.advance(LIMITS.heedTimeoutMs)
  await beginning
  assert.deepEqual(signals.map(({ aborted }) => aborted), [false, true])
  clock.advance(LIMITS.syncEveryMs)
  await until('a round came to its end, and the next began', () => signals.length === 3)
  await loop[Symbol.asyncDispose]()
  assert(signals.every(({ aborted }) => aborted))
})
