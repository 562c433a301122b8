import assert from 'node:assert/strict'
import { test } from 'node:test'
import { REGISTRY_LIMITS } from '#core'
import { Etags } from './etags.ts'

test('what was used longest ago is forgotten first, when there are too many or they are too large', () => {
  const many = new Etags()
  for (let index = 0; index < REGISTRY_LIMITS.cachedAnswers; index++) many.put(`p${index}`, '"a"', [])
  assert.notEqual(many.get('p0'), undefined)
  many.put('one more', '"a"', [])
  assert.deepEqual([many.get('p0')?.etag, many.get('p1')], ['"a"', undefined])

  const large = new Etags()
  const half = [new Uint8Array(REGISTRY_LIMITS.cachedBytes / 2 - 100)]
  for (const path of ['a', 'b', 'a', 'c']) large.put(path, '"a"', half)
  assert.deepEqual(['a', 'b', 'c'].map((path) => large.get(path) === undefined), [false, true, false])
})
