import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { CENTRAL_LIMITS, isGgenError, parsePackageName } from '#core'
import { coversName, readPatterns } from './name-patterns.ts'

test('patterns cover names as release keys do, and what is said of others only by the star', () => {
  const name = parsePackageName('io.acme.tool')
  assert.deepEqual(['io.acme.*', 'io.acme.tool', '*', 'io.acme', '@acme/*', 'io.*.tool'].map((one) => coversName([one], name)), [true, true, true,
    false, false, false])
  assert.deepEqual([coversName(['*'], undefined), coversName(['io.acme.*'], undefined)], [true, false])
  assert.deepEqual([coversName([], name), coversName(['a', 'io.acme.*'], name)], [false, true])
})

test('a list of patterns is read whole or refused', () => {
  assert.deepEqual(readPatterns(['io.acme.*', '*', '*']), ['io.acme.*', '*'])
  const isUsage = (error: unknown): boolean => isGgenError(error, 'usage')
  for (const wrong of [[], [''], ['No'], ['a*'], ['*.a'], Array.from({ length: CENTRAL_LIMITS.tokenPatterns + 1 }, (_, index) => `n${index}`)]) {
    assert.throws(() => readPatterns(wrong), isUsage)
  }
  fc.assert(fc.property(fc.array(fc.string()), (texts) => {
    try {
      assert.ok(readPatterns(texts).length > 0)
    } catch (error) {
      assert.ok(isUsage(error))
    }
  }))
})
