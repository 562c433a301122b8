import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { mkdtempDisposable } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite, test } from 'node:test'
import { digestOf, type Sha512 } from '#core'
import { keptArchivesConformance } from '../kept-archives.conformance.ts'
import { Database } from './database.ts'
import { KeptArchivesTable } from './kept-archives-table.ts'
import { openTrustStore } from './sqlite-trust-store.ts'
import { TRUST_SCHEMA } from './trust-schema.ts'

suite('a trust store on disk keeps archives', () => keptArchivesConformance((context) => {
  const folder = mkdtempSync(join(tmpdir(), 'ggen-kept-archives-'))
  context.after(() => rmSync(folder, { recursive: true }))
  return openTrustStore(join(folder, 'trust.db'))
}))

test('what is kept is kept after the file is opened again', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'ggen-kept-archives-'))
  const path = join(folder.path, 'trust.db')
  const archive = { digest: digestOf(Buffer.from('x')), sha512: '0'.repeat(128) as Sha512, sizeBytes: 7 }
  {
    using database = Database.open(path, TRUST_SCHEMA)
    new KeptArchivesTable(database).put('lock a', [archive], { since: 3, copies: 2 })
  }
  using store = openTrustStore(path)
  assert.deepEqual(store.archives.reasons(), [{ reason: 'lock a', archives: 1, bytes: 7, since: 3, copies: 2 }])
  assert.equal(store.isKept(archive.digest), true)
})

test('what was kept before copies were counted is kept, and wants none', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'ggen-kept-archives-'))
  const path = join(folder.path, 'trust.db')
  const digest = digestOf(Buffer.from('x'))
  {
    using database = Database.open(path, { ...TRUST_SCHEMA, migrations: TRUST_SCHEMA.migrations.slice(0, 9) })
    database.run('INSERT INTO kept_archives (reason, digest, sha512, bytes, since) VALUES (?, ?, ?, 7, 3)', 'lock a', digest, '0'.repeat(128))
  }
  using store = openTrustStore(path)
  assert.deepEqual(store.archives.reasons(), [{ reason: 'lock a', archives: 1, bytes: 7, since: 3, copies: 0 }])
})
