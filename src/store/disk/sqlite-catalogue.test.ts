import assert from 'node:assert/strict'
import { mkdtempDisposableSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { isGgenError } from '#core'
import { CATALOGUE_SCHEMA } from './catalogue-schema.ts'
import { Database } from './database.ts'
import { SqliteCatalogue } from './sqlite-catalogue.ts'

test('paging and the look-ups by chain, feed and claim use their indexes', () => {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'ggen-catalogue-'))
  using database = Database.open(join(folder.path, 'catalogue.db'), CATALOGUE_SCHEMA)
  for (const sql of [
    'SELECT at, id FROM ops WHERE (at, id) > (1, 2) ORDER BY at, id LIMIT 10',
    "SELECT envelope FROM packages JOIN ops ON ops.package = packages.key WHERE identity = 'x' AND name = 'y'",
    "SELECT name FROM packages WHERE identity = 'x' AND name <> '' ORDER BY name",
    "SELECT identity FROM packages WHERE name = 'x' ORDER BY identity",
  ]) {
    const plan = database.all<{ detail: string }>(`EXPLAIN QUERY PLAN ${sql}`).map(({ detail }) => detail)
    assert(plan.every((step) => step.startsWith('SEARCH')), `${sql}: ${plan.join(', ')}`)
  }
})

test('a summary that does not fit the ops is damage', () => {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'ggen-catalogue-'))
  using database = Database.open(join(folder.path, 'catalogue.db'), CATALOGUE_SCHEMA)
  assert.equal(new SqliteCatalogue(database, { rebuilt: false }).summary().ops, 0)
  database.run('UPDATE totals SET ops = 1')
  assert.throws(() => new SqliteCatalogue(database, { rebuilt: false }), (error) => isGgenError(error, 'store-broken'))
  database.run('DELETE FROM totals')
  assert.throws(() => new SqliteCatalogue(database, { rebuilt: false }), (error) => isGgenError(error, 'store-broken'))
})
