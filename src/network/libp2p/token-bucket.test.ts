import fc from 'fast-check'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Buckets, PeerBuckets, takeTokens } from './token-bucket.ts'

const rate = { perSecond: 10, burst: 5 }

test('A burst is granted at once, and then as much as time brings', () => {
  const buckets = new Buckets(rate)
  assert.deepEqual(Array.from({ length: 7 }, () => buckets.take('a', 0)), [true, true, true, true, true, false, false])
  assert.equal(buckets.take('a', 99), false)
  assert.equal(buckets.take('a', 100), true)
  assert.equal(buckets.take('a', 100), false)
})

test('A bucket never holds more than its burst', () => {
  const buckets = new Buckets(rate)
  buckets.take('a', 0)
  assert.deepEqual(Array.from({ length: 6 }, () => buckets.take('a', 1_000_000)), [true, true, true, true, true, false])
})

test('Keys do not share', () => {
  const buckets = new Buckets({ perSecond: 0, burst: 1 })
  assert.deepEqual([buckets.take('a', 0), buckets.take('a', 0), buckets.take('b', 0)], [true, false, true])
})

test('More than is there is refused whole', () => {
  const { granted, bucket } = takeTokens(undefined, rate, { nowMs: 0, count: 6 })
  assert.deepEqual([granted, bucket.tokens], [false, 5])
})

test('The keys are bounded, the longest unused go first', () => {
  const buckets = new Buckets({ perSecond: 0, burst: 1 }, 2)
  for (const key of ['a', 'b', 'a', 'c']) buckets.take(key, 0)
  assert.equal(buckets.size, 2)
  assert.equal(buckets.take('a', 0), false)
  assert.equal(buckets.take('b', 0), true)
})

test('A peer has its own bucket, and its prefix one four times as large', () => {
  const buckets = new PeerBuckets({ perSecond: 1, burst: 2 })
  const passed = (host: string, name: string): number =>
    Array.from({ length: 30 }, (_, index) => `${name} ${index % 10}`).filter((peer) => buckets.take({ peer, host }, 0)).length
  assert.deepEqual([passed('8.8.8.1', 'a'), passed('8.8.8.2', 'b'), passed('8.8.9.1', 'c')], [8, 0, 8])
  assert.deepEqual([passed('192.168.0.1', 'd'), passed('127.0.0.1', 'e')], [20, 20])
  assert(buckets.take({ peer: 'f', host: undefined }, 0))
  assert(buckets.take({ peer: 'b 0', host: '8.8.8.2' }, 1000))
})

test('Whatever is asked when, no more passes than burst and rate allow, and time that goes back gives nothing', () => {
  fc.assert(
    fc.property(fc.array(fc.record({ stepMs: fc.integer({ min: -50, max: 200 }), count: fc.integer({ min: 1, max: 3 }) })), (draws) => {
      const buckets = new Buckets(rate)
      let nowMs = 0
      let latestMs = 0
      let forwardMs = 0
      let passed = 0
      for (const { stepMs, count } of draws) {
        nowMs += stepMs
        forwardMs += Math.max(0, nowMs - latestMs)
        latestMs = nowMs
        if (buckets.take('a', nowMs, count)) passed += count
      }
      assert(passed <= rate.burst + (forwardMs / 1000) * rate.perSecond + 1e-6)
    }),
  )
})
