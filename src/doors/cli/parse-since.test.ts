import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { GgenError, isGgenError } from '#core'
import { parseSince } from './parse-since.ts'

const NOW = Date.UTC(2026, 10, 21, 3, 49, 9, 500)
const SECONDS = Math.floor(NOW / 1000)

test('a day begins at midnight in UTC, a moment has a zone, and a span ends now', () => {
  assert.equal(parseSince('2026-11-01', NOW), Date.UTC(2026, 10, 1) / 1000)
  assert.equal(parseSince('2024-02-29', NOW), Date.UTC(2024, 1, 29) / 1000)
  for (const noon of ['2026-11-01T12:00:00Z', '2026-11-01 12:00:00z', '2026-11-01t13:00:00+01:00', '2026-11-01T11:59:59.25Z']) {
    assert.equal(parseSince(noon, NOW), Date.UTC(2026, 10, 1, 12) / 1000, noon)
  }
  const spans = [['0s', 0], ['90s', 90], ['30min', 1800], ['36h', 129_600], ['7d', 604_800], ['2w', 1_209_600]] as const
  for (const [span, ago] of spans) assert.equal(parseSince(span, NOW), SECONDS - ago, span)
})

test('nothing was released before the clocks began', () => {
  for (const early of ['1960-01-01', '999999w', '1969-12-31T23:59:59Z']) assert.equal(parseSince(early, NOW), 0)
})

test('what is no date is refused, and the hint shows what is', () => {
  const dates = ['2026-11', '2026-02-30', '2026-13-01', '2026-02-30T00:00:00Z', '2026-11-01T25:00:00Z', '2026-11-01T12:00:00']
  for (const text of ['', 'yesterday', ...dates, '7', '7m', '-7d', '1.5d', '7 d']) {
    assert.throws(() => parseSince(text, NOW), (error) => isGgenError(error, 'usage') && /7d/.test(error.hint), text)
  }
})

test('any text is a whole number of seconds or a typed error', () => {
  const digit = fc.constantFrom(...'0123456789-:TZ+. dhws')
  fc.assert(fc.property(fc.oneof(fc.string(), fc.string({ unit: digit, maxLength: 26 })), (text) => {
    try {
      assert.ok(Number.isSafeInteger(parseSince(text, NOW)))
    } catch (error) {
      assert.ok(error instanceof GgenError && error.code === 'usage', String(error))
    }
  }), { numRuns: 2000 })
})
