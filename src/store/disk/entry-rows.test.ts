import assert from 'node:assert/strict'
import { test } from 'node:test'
import { digestOf, type FeedOp, type IdentityId, parsePackageName, parseVersion } from '#core'
import { ENTRY_COLUMNS, entryOf, type EntryRow } from './entry-rows.ts'
import { isMalformed } from './storage-errors.ts'

const row: EntryRow = {
  name: parsePackageName('tool'), identity: 'i' as IdentityId, version: parseVersion('1.0.0'), digest: digestOf(Buffer.of()), title: 't', description: 'd',
  tags: '["a","b"]', category: 'c', license: 'l', author: 'a', kind: 'tgz', scripts: 1, deprecated: 0, at: 1, known: 2, op: 'o' as FeedOp['id'],
}

test('a row becomes the entry that it was made of', () => {
  assert.deepEqual(entryOf(row), { ...row, tags: ['a', 'b'], scripts: true, deprecated: false })
  assert.deepEqual(ENTRY_COLUMNS.split(', ').sort(), Object.keys(row).sort())
})

test('tags that are no list any more are damage', () => {
  assert.throws(() => entryOf({ ...row, tags: '[' }), isMalformed)
})
