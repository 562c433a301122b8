import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { LIMITS } from '#core'
import { Pulse } from './pulse.ts'

const STALL = 1000

describe('whether a peer crawls', () => {
  test('silence is a stall, counted from the last byte', () => {
    const pulse = new Pulse(STALL)
    pulse.waits(0)
    assert.ok(!pulse.hasStalled(600))
    pulse.beats(1_000_000)
    assert.ok(!pulse.hasStalled(1500))
    assert.ok(pulse.hasStalled(1600))
  })

  test('so are too few bytes over the time, however regular', () => {
    const stallsAt = (bytesPerSecond: number): number | undefined => {
      const pulse = new Pulse(STALL)
      pulse.waits(0)
      for (let now = 100; now <= 20 * STALL; now += 100) {
        pulse.beats(bytesPerSecond / 10)
        if (pulse.hasStalled(now)) return now
      }
      return undefined
    }
    assert.equal(stallsAt(LIMITS.stallBytesPerSecond * 0.9), STALL)
    assert.equal(stallsAt(LIMITS.stallBytesPerSecond * 1.1), undefined)
  })

  test('one that was quick before is found out after two such times', () => {
    const pulse = new Pulse(STALL)
    pulse.waits(0)
    pulse.beats(10_000_000)
    let stalledAt = 0
    for (let now = 100; stalledAt === 0; now += 100) {
      pulse.beats(1)
      if (pulse.hasStalled(now)) stalledAt = now
    }
    assert.equal(stalledAt, 2 * STALL)
  })

  test('time in which the reader had to do does not count', () => {
    const pulse = new Pulse(STALL)
    for (let now = 0; now < 100 * STALL; now += STALL) {
      pulse.waits(now)
      pulse.beats(100)
      pulse.rests(now + 1)
      assert.ok(!pulse.hasStalled(now + STALL - 1))
    }
  })
})
