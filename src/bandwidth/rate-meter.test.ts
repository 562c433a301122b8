import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { RateMeter } from './rate-meter.ts'

describe('RateMeter', () => {
  it('shows the rate of the last three seconds', () => {
    const meter = new RateMeter(10_000)
    assert.equal(meter.perSecond(10_000), 0)
    for (let now = 10_000; now < 20_000; now += 10) meter.add(50, now)
    assert.ok(Math.abs(meter.perSecond(20_000) - 5000) < 50)
    assert.ok(meter.perSecond(21_500) < 3000)
    assert.equal(meter.perSecond(23_000), 0)
    assert.equal(meter.perSecond(1e9), 0)
  })

  it('does not call the first chunk a flood', () => {
    const meter = new RateMeter(0)
    meter.add(1000, 1)
    assert.equal(meter.perSecond(2), 2000)
  })

  it('is right to a sixth for any steady rate, wherever it begins', () => {
    fc.assert(fc.property(fc.nat(1e9), fc.integer({ min: 1, max: 200 }), fc.integer({ min: 1, max: 1e6 }), (start, stepMs, bytes) => {
      const meter = new RateMeter(start)
      let now = start
      for (; now < start + 5000; now += stepMs) meter.add(bytes, now)
      const rate = (bytes * 1000) / stepMs
      assert.ok(Math.abs(meter.perSecond(now) - rate) <= rate / 6, `${meter.perSecond(now)} for ${rate}`)
    }))
  })
})
