import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { Bucket } from './bucket.ts'

describe('Bucket', () => {
  it('lets a burst and one chunk go, and then pays them off', () => {
    const bucket = new Bucket(1000, 0)
    assert.ok(bucket.isOpen(0) && bucket.isFull(0))
    bucket.spend(100, 0)
    assert.ok(bucket.isOpen(0) && !bucket.isFull(0))
    bucket.spend(500, 0)
    assert.deepEqual([bucket.isOpen(0), bucket.waitMs(0), bucket.waitMs(200), bucket.isOpen(500)], [false, 500, 300, true])
    assert.ok(bucket.isFull(600))
  })

  it('pays off sooner when the rate rises, and makes nobody wait longer when it falls', () => {
    const bucket = new Bucket(1000, 0)
    bucket.spend(1100, 0)
    assert.equal(bucket.waitMs(0), 1000)
    bucket.setRate(10_000, 0)
    assert.equal(bucket.waitMs(0), 100)
    bucket.setRate(10, 0)
    assert.equal(bucket.waitMs(0), 100)
  })

  it('of a high limit wakes nobody for each chunk: after a pause as many go as it is worth', () => {
    const [rate, chunk] = [20e6, 64 * 1024]
    const bucket = new Bucket(rate, 0)
    const pauses: number[] = []
    let now = 0
    for (let chunks = 0; chunks < 1000; chunks++) {
      if (!bucket.isOpen(now)) {
        pauses.push(bucket.waitMs(now))
        now += bucket.waitMs(now)
      }
      bucket.spend(chunk, now)
    }
    assert.ok(pauses.every((ms) => ms >= 10) && pauses.length < 350, `${pauses.length} pauses`)
    assert.ok(Math.abs(1000 * chunk - (rate * now) / 1000) <= rate / 10 + chunk, 'the limit is used and kept')
  })

  it('is open exactly when what it said to wait is over', () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 1e9 }), fc.array(fc.integer({ min: 1, max: 1e6 }), { maxLength: 20 }), (rate, chunks) => {
      const bucket = new Bucket(rate, 0)
      let now = 0
      for (const chunk of chunks) {
        now += bucket.waitMs(now)
        assert.ok(bucket.isOpen(now))
        bucket.spend(chunk, now)
      }
      const sum = chunks.slice(0, -1).reduce((total, chunk) => total + chunk, 0)
      assert.ok(sum <= (rate * now) / 1000 + rate / 10 + chunks.length)
    }))
  })
})
