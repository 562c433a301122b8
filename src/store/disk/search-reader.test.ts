import assert from 'node:assert/strict'
import { mkdtempDisposableSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { openCatalogue } from './open-catalogue.ts'
import { SearchReader } from './search-reader.ts'
import { isMalformed } from './storage-errors.ts'

test('reads what was committed, and changes nothing', () => {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'ggen-reader-'))
  const path = join(folder.path, 'catalogue.db')
  using _catalogue = openCatalogue(path)
  using reader = new SearchReader(path)
  assert.deepEqual(reader.column('SELECT ops FROM totals'), [0])
  assert.deepEqual(reader.all<{ ops: number }>('SELECT ops FROM totals').map(({ ops }) => ops), [0])
  assert.throws(() => reader.all('UPDATE totals SET ops = 1'), { code: 'store-broken' })
})

test('a file that is no database is reported as damaged', () => {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'ggen-reader-'))
  const path = join(folder.path, 'catalogue.db')
  writeFileSync(path, 'x'.repeat(5000))
  assert.throws(() => new SearchReader(path), isMalformed)
})
