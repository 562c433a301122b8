import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { CENTRAL_LIMITS, isGgenError } from '#core'
import { readPublish, readSearch } from './read-question.ts'

const isUsage = (error: unknown): boolean => isGgenError(error, 'usage')

test('the parameters of a search are read', () => {
  assert.deepEqual(readSearch({ q: 'web server', tags: 'a, b,,c', limit: '5', license: 'MIT' }), { words: ['web server'], tags: ['a', 'b', 'c'],
    limit: 5, license: 'MIT' })
  assert.deepEqual(readSearch({ category: 'x' }), { words: [], category: 'x' })
  const publisher = 'bafyreicedr7z2n5ogvxnklgyqr2resx4apmfvc57imytn2v6uj2oxuer5y'
  assert.deepEqual(readSearch({ publisher, kind: 'pack', scripts: 'false', since: '7' }), { words: [], publisher, kind: 'pack', scripts: false, since: 7 })
  for (const wrong of [{ publisher: 'ada' }, { scripts: 'no' }, { since: '-1' }, { since: '1e9' }, { color: 'red' }]) {
    assert.throws(() => readSearch(wrong), isUsage, JSON.stringify(wrong))
  }
})

test('records are read out of base64, so many at most', () => {
  assert.deepEqual(readPublish({ records: ['YWJj'] }).map((bytes) => Buffer.from(bytes).toString()), ['abc'])
  assert.throws(() => readPublish({ records: Array.from({ length: CENTRAL_LIMITS.opsPerPublish + 1 }, () => 'YWJj') }), isUsage)
  assert.throws(() => readPublish({ records: ['A'.repeat(40_000)] }), isUsage, 'longer than a record can be')
})

test('whatever comes is read or refused', () => {
  const reads = (read: (given: unknown) => unknown, given: unknown): void => {
    try {
      read(given)
    } catch (error) {
      assert.ok(isUsage(error))
    }
  }
  fc.assert(fc.property(fc.anything(), (given) => {
    reads(readSearch, given)
    reads(readPublish, given)
  }))
})
