import assert from 'node:assert/strict'
import { mkdtempDisposable } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { digestOf, isGgenError, parsePackageName, parseVersion } from '#core'
import type { KeptPackage } from '#store'
import { sampleIdentity } from '../sample-ops.conformance.ts'
import { Database } from './database.ts'
import { KeptTables } from './kept-tables.ts'
import { openTrustStore } from './sqlite-trust-store.ts'
import { TRUST_SCHEMA } from './trust-schema.ts'

const KEPT: KeptPackage = {
  name: parsePackageName('web-tools'), version: parseVersion('1.0.0'), identity: sampleIdentity('alice'), reason: 'own',
  digest: digestOf(Buffer.from('archive')), blobs: [digestOf(Buffer.from('b')), digestOf(Buffer.from('a'))], since: 1,
}

test('kept packages are there after the file is opened again, with nothing left of those that were let go', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'ggen-kept-'))
  const path = join(folder.path, 'trust.db')
  {
    using database = Database.open(path, TRUST_SCHEMA)
    const tables = new KeptTables(database)
    database.transact(() => tables.keep(KEPT))
    database.transact(() => tables.keep({ ...KEPT, reason: 'pin' }))
    assert(tables.unkeep(KEPT, 'pin'))
    assert.deepEqual(database.get('SELECT count(*) AS count FROM kept_blobs'), Object.assign(Object.create(null), { count: 2 }))
  }
  using database = Database.open(path, TRUST_SCHEMA)
  const tables = new KeptTables(database)
  assert.deepEqual(tables.all(), [KEPT])
  assert(tables.has(KEPT.digest) && KEPT.blobs.every((digest) => tables.has(digest)))
  database[Symbol.dispose]()
  assert.throws(() => tables.has(KEPT.digest), (error) => isGgenError(error, 'cancelled'))
})

test('a file of the version before learns to keep packages, and keeps what it had', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'ggen-kept-'))
  const path = join(folder.path, 'trust.db')
  {
    using before = Database.open(path, { ...TRUST_SCHEMA, migrations: TRUST_SCHEMA.migrations.slice(0, 1) })
    before.run('INSERT INTO pins (name, identity, since) VALUES (?, ?, ?)', KEPT.name, KEPT.identity, 7)
  }
  {
    using store = openTrustStore(path)
    store.keep(KEPT)
    assert.deepEqual([store.keptPackages(), store.pin(KEPT.name)?.since], [[KEPT], 7])
  }
  using raw = new DatabaseSync(path)
  assert.equal(raw.prepare('PRAGMA user_version').get()?.['user_version'], TRUST_SCHEMA.migrations.length)
})
