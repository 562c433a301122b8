import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { LIMITS, type PeerId } from '#core'
import { TestClock } from '#testing'
import { Comparisons } from './comparisons.ts'

const RUNS = Number(process.env['GGEN_TEST_RUNS'] ?? 200)
const HOUR = 3_600_000

const peer = (index: number): PeerId => `peer ${index}` as PeerId
const seconds = (clock: TestClock): number => Math.floor(clock.now() / 1000)

test('it takes enough peers of enough networks, and something new', () => {
  const clock = new TestClock()
  const compared = new Comparisons(clock)
  const fresh = seconds(clock) - 60
  assert.deepEqual(compared.evidence(undefined), { peers: 0, networks: 0, proven: false })
  for (let index = 0; index < LIMITS.freshnessPeers; index += 1) {
    assert.equal(compared.evidence(fresh).proven, false, `${index} peers`)
    compared.note(peer(index), `network ${index % LIMITS.freshnessNetworks}`)
  }
  const { freshnessPeers: peers, freshnessNetworks: networks } = LIMITS
  assert.deepEqual(compared.evidence(fresh), { peers, networks, newestOpAt: fresh, newestOpAgeSeconds: 60, proven: true })
  const dayOld = seconds(clock) - LIMITS.freshnessMs / 1000
  assert.equal(compared.evidence(dayOld).proven, true)
  assert.equal(compared.evidence(dayOld - 1).proven, false)
  assert.equal(compared.evidence(undefined).proven, false)
})

test('many peers of few networks prove nothing, and those of unknown networks count for none', () => {
  const clock = new TestClock()
  const compared = new Comparisons(clock)
  for (let index = 0; index < 100; index += 1) compared.note(peer(index), index % 3 === 2 ? undefined : `network ${index % 3}`)
  assert.deepEqual(compared.evidence(seconds(clock)), { peers: 100, networks: 2, newestOpAt: seconds(clock), newestOpAgeSeconds: 0, proven: false })
})

test('a record from a clock that is ahead is as new as can be', () => {
  const clock = new TestClock()
  assert.equal(new Comparisons(clock).evidence(seconds(clock) + 500).newestOpAgeSeconds, 0)
})

test('one peer counts once, as often as it is compared with, and where it was last', () => {
  const clock = new TestClock()
  const compared = new Comparisons(clock)
  for (const network of ['a', 'b', 'c', 'c']) compared.note(peer(1), network)
  compared.note(peer(2), 'c')
  const { peers, networks } = compared.evidence(undefined)
  assert.deepEqual([peers, networks], [2, 1])
})

test('after a day a comparison counts no more, also when the wall clock was set back or the machine slept', () => {
  const [wall, steady] = [new TestClock(), new TestClock()]
  const compared = new Comparisons({ now: () => wall.now(), monotonic: () => steady.monotonic() })
  compared.note(peer(1), 'a')
  wall.advance(20 * HOUR)
  steady.advance(20 * HOUR)
  compared.note(peer(2), 'b')
  wall.advance(5 * HOUR)
  assert.equal(compared.evidence(undefined).peers, 1, 'the machine slept')
  wall.advance(-1000 * HOUR)
  assert.equal(compared.evidence(undefined).peers, 1)
  steady.advance(25 * HOUR)
  assert.equal(compared.evidence(undefined).peers, 0, 'the wall clock is behind')
})

test('who comes with many names pushes out only itself', () => {
  const clock = new TestClock()
  const compared = new Comparisons(clock)
  for (let index = 0; index < 5; index += 1) compared.note(peer(index), `honest ${index}`)
  for (let index = 5; index < LIMITS.comparedPeers + 2000; index += 1) compared.note(peer(index), index % 2 === 0 ? 'sybil' : undefined)
  const { peers, networks } = compared.evidence(undefined)
  assert.deepEqual([peers, networks], [LIMITS.comparedPeers, 6])
})

test('any comparisons in any order count as a list of them would', () => {
  const anyStep = fc.record({ peer: fc.nat(8), network: fc.option(fc.nat(4), { nil: undefined }), afterMs: fc.nat(10 * HOUR) })
  fc.assert(fc.property(fc.array(anyStep, { maxLength: 30 }), (steps) => {
    const clock = new TestClock()
    const compared = new Comparisons(clock)
    const list: { peer: number; network: number | undefined; at: number }[] = []
    for (const { afterMs, ...step } of steps) {
      compared.note(peer(step.peer), step.network === undefined ? undefined : `network ${step.network}`)
      list.push({ ...step, at: clock.now() })
      clock.advance(afterMs)
      const last = list.filter((one, place) => !list.slice(place + 1).some((later) => later.peer === one.peer))
      const counted = last.filter(({ at }) => clock.now() - at <= LIMITS.freshnessMs)
      const { peers, networks } = compared.evidence(undefined)
      assert.deepEqual([peers, networks], [counted.length, new Set(counted.flatMap(({ network }) => network ?? [])).size])
    }
  }), { numRuns: RUNS })
})
