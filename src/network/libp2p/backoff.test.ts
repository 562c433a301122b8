import { LIMITS } from '#core'
import fc from 'fast-check'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { nextDelay } from './backoff.ts'

test('The wait doubles from the first to the longest', () => {
  assert.deepEqual([0, 1, 2, 3].map((failures) => nextDelay(failures, 1)), [500, 1000, 2000, 4000])
  assert.equal(nextDelay(1000, 1), LIMITS.reconnectMaxMs)
  assert.equal(nextDelay(1000, 1, 3000), 3000)
})

test('Any number of failures and any fraction gives a wait between half of it and all of it', () => {
  fc.assert(
    fc.property(fc.integer({ min: -5, max: 1e9 }), fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }), (failures, fraction) => {
      const fullMs = nextDelay(failures, 1)
      const delayMs = nextDelay(failures, fraction)
      assert(delayMs >= LIMITS.reconnectFirstMs / 2 && delayMs >= Math.floor(fullMs / 2) && delayMs <= fullMs && fullMs <= LIMITS.reconnectMaxMs)
    }),
  )
})

test('Two nodes that lost the same peer do not wait equally long', () => {
  assert.notEqual(nextDelay(3, 0.1), nextDelay(3, 0.7))
})
