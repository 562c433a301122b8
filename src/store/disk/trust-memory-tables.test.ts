import assert from 'node:assert/strict'
import { mkdtempDisposable } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { parsePackageName } from '#core'
import { sampleIdentity } from '../sample-ops.conformance.ts'
import { Database } from './database.ts'
import { TrustMemoryTables } from './trust-memory-tables.ts'
import { TRUST_SCHEMA } from './trust-schema.ts'

const ALICE = sampleIdentity('alice')
const NAME = parsePackageName('tool')

test('A file of the version before keeps its pins, which were all made at first use', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'ggen-memory-'))
  const path = join(folder.path, 'trust.db')
  {
    using before = Database.open(path, { ...TRUST_SCHEMA, migrations: TRUST_SCHEMA.migrations.slice(0, 2) })
    before.run('INSERT INTO pins (name, identity, since) VALUES (?, ?, ?)', NAME, ALICE, 5)
  }
  using database = Database.open(path, TRUST_SCHEMA)
  assert.equal(database.get<{ how: string }>('SELECT how FROM pins WHERE name = ?', NAME)?.how, 'first-use')
})

test('What was seen and cannot be read is damage, not a package that was never seen', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'ggen-memory-'))
  using database = Database.open(join(folder.path, 'trust.db'), TRUST_SCHEMA)
  const memory = new TrustMemoryTables(database)
  database.run('INSERT INTO seen_packages (identity, name, seen) VALUES (?, ?, ?)', ALICE, NAME, '{"heads":')
  assert.throws(() => memory.seen(ALICE, NAME), { code: 'store-broken' })
})
