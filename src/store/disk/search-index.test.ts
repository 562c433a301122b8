import assert from 'node:assert/strict'
import { mkdtempDisposableSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { digestOf, type IdentityId, isGgenError, type OpId, parsePackageName, parseVersion } from '#core'
import type { CatalogueEntry } from '#store'
import { CATALOGUE_SCHEMA } from './catalogue-schema.ts'
import { Database } from './database.ts'
import { SearchIndex } from './search-index.ts'

const NAME = parsePackageName('web-tools')
const IDENTITY = `bafyrei${'a'.repeat(52)}` as IdentityId

const entry = (change: Partial<CatalogueEntry> = {}): CatalogueEntry => ({
  identity: IDENTITY, name: NAME, version: parseVersion('1.0.0'), digest: digestOf(Buffer.of()), title: '', description: '', tags: [], category: '',
  license: 'MIT', author: '', kind: 'tgz', scripts: false, deprecated: false, at: 1, known: 1, op: IDENTITY as OpId, ...change,
})

const withIndex = (work: (index: SearchIndex, database: Database) => void): void => {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'ggen-index-'))
  using database = Database.open(join(folder.path, 'catalogue.db'), CATALOGUE_SCHEMA)
  work(new SearchIndex(database), database)
}

test('the full-text index holds exactly the entries that there are', () => {
  withIndex((index, database) => {
    for (let round = 0; round < 50; round += 1) index.put(entry({ title: `round ${round}`, name: parsePackageName(`tool-${round % 7}`) }))
    for (const name of ['tool-1', 'tool-2', 'tool-2', 'absent']) index.remove(IDENTITY, parsePackageName(name))
    const found = (term: string): number => database.all('SELECT rowid FROM words WHERE words MATCH ?', `"${term}"`).length
    assert.deepEqual(['round', 'tool', '§ntool', '§wtool', '§ltool', '1'].map(found), [5, 5, 5, 0, 0, 0])
    assert.equal(index.newest(100).length, 5)
    assert.deepEqual(database.get('SELECT count(*) AS count FROM words')?.['count' as never], 5)
    database.run("INSERT INTO words (words) VALUES ('integrity-check')")
  })
})

test('lists of entries use their indexes', () => {
  withIndex((_index, database) => {
    const lists = ['WHERE name >= ? AND name < ? ORDER BY name, identity LIMIT ?', 'WHERE spelling >= ? AND spelling < ? ORDER BY spelling LIMIT ?']
    const plans = lists.map((rest) =>
      database.all<{ detail: string }>(`EXPLAIN QUERY PLAN SELECT key FROM entries ${rest}`, 'a', 'b', 10))
    for (const plan of plans) assert(plan.every(({ detail }) => detail.startsWith('SEARCH entries')), JSON.stringify(plan))
  })
})

test('an entry whose tags are no list any more is reported', () => {
  withIndex((index, database) => {
    index.put(entry())
    database.run("UPDATE entries SET tags = '['")
    assert.throws(() => index.named(NAME), (error) => isGgenError(error, 'store-broken'))
  })
})
