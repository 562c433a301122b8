import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { CENTRAL_LIMITS } from '#core'
import { TestClock } from '#testing'
import { RateLimit } from './rate-limits.ts'

test('a burst goes at once, the rest as fast as allowed, each key by itself', () => {
  const clock = new TestClock()
  const limit = new RateLimit({ perSecond: 2, burst: 3 }, clock)
  assert.deepEqual([1, 2, 3, 4].map(() => limit.take('a')), [0, 0, 0, 1])
  assert.equal(limit.take('b'), 0)
  clock.advance(500)
  assert.deepEqual([limit.take('a'), limit.take('a')], [0, 1])
})

test('looking takes nothing', () => {
  const clock = new TestClock()
  const limit = new RateLimit({ perSecond: 0.1, burst: 1 }, clock)
  assert.deepEqual([limit.look('a'), limit.look('a'), limit.take('a'), limit.look('a')], [0, 0, 0, 10])
})

test('over any time no more goes than the rate allows, and whoever waits as told is let in', () => {
  fc.assert(fc.property(fc.array(fc.integer({ min: 0, max: 3000 }), { maxLength: 60 }), (pauses) => {
    const clock = new TestClock()
    const began = clock.monotonic()
    const limit = new RateLimit({ perSecond: 3, burst: 5 }, clock)
    let taken = 0
    for (const pause of pauses) {
      clock.advance(pause)
      const wait = limit.take('a')
      if (wait === 0) taken += 1
      else {
        clock.advance(wait * 1000)
        assert.equal(limit.take('a'), 0)
        taken += 1
      }
    }
    assert.ok(taken <= 5 + (3 * (clock.monotonic() - began)) / 1000 + 1e-6)
  }))
})

test('it remembers only so many', () => {
  const limit = new RateLimit({ perSecond: 1, burst: 1 }, new TestClock())
  for (let key = 0; key <= CENTRAL_LIMITS.rateKeys; key += 1) limit.take(String(key))
  assert.equal(limit.size, CENTRAL_LIMITS.rateKeys)
  assert.deepEqual([limit.take('0'), limit.take(String(CENTRAL_LIMITS.rateKeys))], [0, 1], 'the one that came first is forgotten')
})
