import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { GgenError, LIMITS } from '#core'
import { parseQuery } from './parse-query.ts'

test('words become lower-case runs of letters and digits, each once', () => {
  assert.deepEqual(parseQuery({ words: ['REST-api', 'Café', 'rest'] }), { words: ['rest', 'api', 'cafe'], order: 'relevance', limit: 20 })
})

test('nothing to search for is refused with a hint', () => {
  for (const raw of [{ words: [] }, { words: ['--', '"'] }, { words: [], category: ' ' }, { words: [], tags: [''] }]) {
    assert.throws(() => parseQuery(raw), { code: 'query-invalid' })
  }
})

test('filters alone are a query', () => {
  const raw = { words: [], category: ' Finance ', tags: ['RDF'], limit: 3 }
  assert.deepEqual(parseQuery(raw), { words: [], order: 'relevance', category: 'finance', tags: ['rdf'], limit: 3 })
  assert.deepEqual(parseQuery({ words: [], author: ' Ada B ', license: '', scripts: false, since: 0, sort: 'date', cursor: 'x' }), {
    words: [], order: 'date', limit: 20, author: 'ada b', scripts: false, since: 0, cursor: 'x',
  })
})

test('limits outside 1 … 200 are refused', () => {
  for (const limit of [0, -1, 1.5, LIMITS.searchResults + 1, Number.NaN]) assert.throws(() => parseQuery({ words: ['a'], limit }), { code: 'query-invalid' })
})

test('no text, however odd, leaves anything but letters and digits in the words', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'binary', maxLength: 40 })), (words) => {
      try {
        for (const word of parseQuery({ words }).words) assert.match(word, /^[\p{L}\p{N}\p{M}]+$/u)
      } catch (error) {
        assert.ok(error instanceof GgenError && error.code === 'query-invalid', String(error))
      }
    }),
  )
})

test('filters that are too long or no moment are refused', () => {
  const long = 'x'.repeat(LIMITS.queryChars + 1)
  for (const raw of [{ author: long }, { tags: [long] }, { kind: long }, { since: -1 }, { since: 0.5 }]) {
    assert.throws(() => parseQuery({ words: ['a'], ...raw }), { code: 'query-invalid' })
  }
})
