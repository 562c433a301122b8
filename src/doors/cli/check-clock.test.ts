import assert from 'node:assert/strict'
import { test } from 'node:test'
import { LIMITS } from '#core'
import { checkClock, type ClockFacts } from './check-clock.ts'

const NOW = 1_795_500_000_000
const SECOND = 1000

const listing = (changedMs: number): ClockFacts['listing'] =>
  ({ isWhole: true, files: [{ path: 'trust.db', kind: 'file', mode: 0o600, owner: 1, changedMs, bytes: 1 }] })
const stateOf = (facts: Partial<ClockFacts>): string | undefined => checkClock({ now: NOW, listing: undefined, newestOpAt: undefined, ...facts })[0]?.state

test('a clock before the newest record is wrong, but for what clocks of publishers may differ', () => {
  const skew = LIMITS.opClockSkewSeconds
  assert.equal(stateOf({ newestOpAt: NOW / SECOND + skew }), 'ok')
  assert.equal(stateOf({ newestOpAt: NOW / SECOND + skew + 1 }), 'fail')
  assert.match(checkClock({ now: NOW, listing: undefined, newestOpAt: NOW / SECOND + 7200 })[0]?.finding ?? '', /signed 2 h 0 min later/)
})

test('a clock before the newest file is wrong, but for a moment', () => {
  assert.equal(stateOf({ listing: listing(NOW + 120 * SECOND) }), 'ok')
  assert.equal(stateOf({ listing: listing(NOW + 121 * SECOND) }), 'fail')
  assert.match(checkClock({ now: NOW, listing: listing(NOW + 86_400 * SECOND), newestOpAt: 5 })[0]?.finding ?? '', /trust\.db was written 1 d 0 h later/)
})

test('without anything to compare with nobody knows, and a clock that is ahead is not said to be right', () => {
  assert.equal(stateOf({}), 'unknown')
  assert.match(checkClock({ now: NOW, listing: listing(0), newestOpAt: undefined })[0]?.finding ?? '', /whether it is ahead, nobody here can tell/)
})
