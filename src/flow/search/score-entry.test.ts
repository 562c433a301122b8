import assert from 'node:assert/strict'
import { test } from 'node:test'
import { digestOf, type IdentityId, type OpId, parsePackageName, parseVersion } from '#core'
import type { CatalogueEntry } from '#store'
import { scoreEntry } from './score-entry.ts'

const entry = (change: Partial<CatalogueEntry>): CatalogueEntry => ({
  identity: 'i' as IdentityId,
  name: parsePackageName('some-package'),
  version: parseVersion('1.0.0'),
  digest: digestOf(new Uint8Array()),
  title: '',
  description: '',
  tags: [],
  category: 'uncategorized',
  license: '',
  author: '',
  at: 0,
  op: 'o' as OpId,
  ...change,
})

test('names count before tags, tags before categories, categories before descriptions', () => {
  const found = [
    entry({ name: parsePackageName('http') }),
    entry({ name: parsePackageName('http-kit') }),
    entry({ name: parsePackageName('fast-http') }),
    entry({ name: parsePackageName('my-https') }),
    entry({ tags: ['http'] }),
    entry({ category: 'http' }),
    entry({ description: 'speaks http' }),
  ].map((candidate) => scoreEntry(candidate, ['http']))
  assert.deepEqual(found, [...found].sort((a, b) => b - a))
  assert.equal(new Set(found).size, found.length)
})

test('a score is in [0, 1], and 1 only for the whole name', () => {
  assert.equal(scoreEntry(entry({ name: parsePackageName('rest-api') }), ['rest', 'api']), 1)
  assert.ok(scoreEntry(entry({}), ['nowhere']) > 0)
  assert.ok(scoreEntry(entry({ name: parsePackageName('rest-api-kit') }), ['rest', 'api']) < 1)
})

test('an entry that fits all words beats one that fits half of them', () => {
  const both = scoreEntry(entry({ tags: ['rest', 'api'] }), ['rest', 'api'])
  const half = scoreEntry(entry({ tags: ['rest'] }), ['rest', 'api'])
  assert.ok(both > half)
})
