import assert from 'node:assert/strict'
import { mkdtempDisposableSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { isGgenError } from '#core'
import { CATALOGUE_SCHEMA } from './catalogue-schema.ts'
import { Database } from './database.ts'
import { CLAIMANTS, ENVELOPES, NAMES, OPINED_BY, OPINIONS, PUBLISHERS, WORDS } from './catalogue-sql.ts'
import { SqliteCatalogue } from './sqlite-catalogue.ts'

test('paging and the look-ups by chain, feed and claim use their indexes', () => {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'ggen-catalogue-'))
  using database = Database.open(join(folder.path, 'catalogue.db'), CATALOGUE_SCHEMA)
  for (const sql of [
    "SELECT at, id FROM ops WHERE (at, id) >= (1, x'') AND (at, id) < (2, x'') ORDER BY at, id LIMIT 10",
    "SELECT path FROM spans WHERE depth = 1 AND path >= '0' AND path < '0g' ORDER BY path",
    ENVELOPES,
    NAMES,
    OPINED_BY,
    OPINIONS,
    CLAIMANTS,
    PUBLISHERS,
    WORDS,
  ]) {
    const values = sql.match(/\?/g)?.map(() => 'x') ?? []
    const plan = database.all<{ detail: string }>(`EXPLAIN QUERY PLAN ${sql}`, ...values).map(({ detail }) => detail)
    const allowed = sql === OPINIONS || sql === WORDS ? /^(SEARCH|SCALAR SUBQUERY|LIST SUBQUERY|USE TEMP B-TREE FOR ORDER BY)/ : /^(SEARCH|SCALAR SUBQUERY)/
    assert(plan.every((step) => allowed.test(step)), `${sql}: ${plan.join(', ')}`)
  }
})

test('a summary that does not fit the ops is damage', () => {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'ggen-catalogue-'))
  using database = Database.open(join(folder.path, 'catalogue.db'), CATALOGUE_SCHEMA)
  assert.equal(new SqliteCatalogue(database, { rebuilt: false }).counts().ops, 0)
  database.run('UPDATE totals SET ops = 1')
  assert.throws(() => new SqliteCatalogue(database, { rebuilt: false }), (error) => isGgenError(error, 'store-broken'))
  database.run('DELETE FROM totals')
  assert.throws(() => new SqliteCatalogue(database, { rebuilt: false }), (error) => isGgenError(error, 'store-broken'))
})
