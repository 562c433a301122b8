import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { GgenError, REGISTRY_LIMITS } from '#core'
import { HURRIED, nextTry, PATIENT } from './next-try.ts'

suite('A question is asked again', () => {
  test('after a time-out, later each time, three times in all', () => {
    const late = new GgenError('timeout', 'too late')
    assert.deepEqual([1, 2, 3].map((tried) => nextTry(late, PATIENT, tried)), [REGISTRY_LIMITS.firstBackoffMs, 2 * REGISTRY_LIMITS.firstBackoffMs, undefined])
  })

  test('never where others can be asked', () => {
    assert.equal(nextTry(new GgenError('timeout', 'too late'), HURRIED, 1), undefined)
  })

  test('never after an error of the registry, a refused connection or a wrong certificate', () => {
    for (const code of ['registry-failed', 'registry-unreachable', 'registry-untrusted', 'denied', 'internal'] as const) {
      assert.equal(nextTry(new GgenError(code, code), PATIENT, 1), undefined, code)
    }
  })

  test('when a busy registry says so, unless that is too long', () => {
    const busy = (retryAfterMs: unknown): GgenError => new GgenError('too-busy', 'busy', { details: { retryAfterMs } })
    assert.equal(nextTry(busy(2000), PATIENT, 1), 2000)
    for (const never of [undefined, REGISTRY_LIMITS.retryAfterMs + 1, '2000', Number.NaN]) assert.equal(nextTry(busy(never), PATIENT, 1), undefined)
  })
})
