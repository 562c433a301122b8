import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { count, durationText, momentText, rateText, sizeText, spanText } from './quantities.ts'

describe('quantities', () => {
  it('counts with the right plural', () => {
    assert.deepEqual([count(0, 'peer'), count(1, 'peer'), count(2, 'dependency', 'dependencies')], ['0 peers', '1 peer', '2 dependencies'])
  })

  it('writes sizes with three digits', () => {
    const sizes = [0, 999, 1000, 1234, 99_949, 99_950, 999_499, 999_500, 3_000_000, 5e9, 2e12, 9e15]
    assert.deepEqual(sizes.map(sizeText), [
      '0 B', '999 B', '1.0 kB', '1.2 kB', '99.9 kB', '100 kB', '999 kB', '1.0 MB', '3.0 MB', '5.0 GB', '2.0 TB', '9000 TB',
    ])
  })

  it('writes rates', () => assert.deepEqual([0, 1500].map(rateText), ['0 B/s', '1.5 kB/s']))

  it('writes durations with two units', () => {
    const durations = [0, 59.9, 60, 3599, 3600, 86_399, 86_400, 266_400]
    assert.deepEqual(durations.map(durationText), ['0 s', '59 s', '1 min', '59 min', '1 h 0 min', '23 h 59 min', '1 d 0 h', '3 d 2 h'])
  })

  it('writes spans with as much as matters', () => {
    const spans = [0, 12.4, 999.4, 999.5, 1234, 59_949, 59_950, 60_000, 3_600_000]
    assert.deepEqual(spans.map(spanText), ['0 ms', '12 ms', '999 ms', '1.0 s', '1.2 s', '59.9 s', '59 s', '1 min', '1 h 0 min'])
  })

  it('writes moments, and survives what is none', () => {
    assert.equal(momentText(Date.UTC(2026, 10, 21, 3, 49, 59)), '2026-11-21 03:49Z')
    fc.assert(fc.property(fc.oneof(fc.double(), fc.maxSafeInteger()), (moment) => assert.match(momentText(moment), /^(?:[+-]?\d{4,}-.*|unknown)$/)))
  })
})
