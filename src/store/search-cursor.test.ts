import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { LIMITS } from '#core'
import type { PackageQuery } from './package-search.ts'
import { decodeCursor, encodeCursor } from './search-cursor.ts'

const query: PackageQuery = { words: ['a'], order: 'relevance', limit: 5, now: 7 }
const place = { now: 3, rank: 0.25, name: 'tool', identity: 'someone' }

test('a cursor means the place that it was made of, for any page of its query', () => {
  const cursor = encodeCursor(query, place)
  assert.deepEqual(decodeCursor({ ...query, limit: 9, now: 8 }, cursor), place)
  for (const other of [{ words: ['b'] }, { order: 'name' as const }, { tags: ['x'] }, { scripts: false }, { since: 1 }]) {
    assert.throws(() => decodeCursor({ ...query, ...other }, cursor), { code: 'query-invalid' })
  }
})

test('the longest names fit', () => {
  const identity = `bafyrei${'a'.repeat(52)}`
  const cursor = encodeCursor(query, { now: 2 ** 40, rank: 1 / 3, name: 'n'.repeat(LIMITS.nameChars), identity })
  assert(cursor.length <= LIMITS.cursorChars)
})

test('no other text is a cursor', () => {
  const texts = fc.oneof(fc.string(), fc.array(fc.jsonValue()).map((value) => Buffer.from(JSON.stringify(value)).toString('base64url')))
  fc.assert(fc.property(texts, (text) => {
    assert.throws(() => decodeCursor(query, text), { code: 'query-invalid' })
  }))
})
