import assert from 'node:assert/strict'
import { mkdtempDisposable } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { type KnownDomain, parsePackageName } from '#core'
import { sampleIdentity } from '../sample-ops.conformance.ts'
import { Database } from './database.ts'
import { DomainTables } from './domain-tables.ts'
import { openTrustStore } from './sqlite-trust-store.ts'
import { TRUST_SCHEMA } from './trust-schema.ts'

const CLAIMS = ['io.ggen', 'io.ggen.rust'].map((prefix) => ({ prefix: parsePackageName(prefix), identity: sampleIdentity(prefix) }))
const DATED = CLAIMS.map((claim, index) => ({ ...claim, since: index }))
const KNOWN: KnownDomain = {
  domain: 'ggen.io', askedAt: 1_700_000_000_000, answers: { https: { state: 'found', claims: CLAIMS }, txt: { state: 'malformed', why: 'a reason' } },
  memory: { bound: DATED, rivals: DATED.toReversed() },
}

test('what is known of a domain is there after the file is opened again, with nothing left of what it replaced', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'ggen-domains-'))
  const path = join(folder.path, 'trust.db')
  {
    using database = Database.open(path, TRUST_SCHEMA)
    const tables = new DomainTables(database)
    database.transact(() => tables.put(KNOWN))
    const less: KnownDomain = { ...KNOWN, memory: { bound: DATED.slice(1), rivals: [] } }
    database.transact(() => tables.put(less))
    assert.equal(database.get<{ count: number }>('SELECT count(*) AS count FROM domain_claims')?.count, 3)
    database.transact(() => tables.put(KNOWN))
  }
  using store = openTrustStore(path)
  assert.deepEqual(store.knownDomain('ggen.io'), KNOWN)
})

test('a file of the version before learns to know domains', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'ggen-domains-'))
  const path = join(folder.path, 'trust.db')
  const before = TRUST_SCHEMA.migrations.findIndex((sql) => sql.includes('CREATE TABLE domains'))
  assert.ok(before > 0)
  {
    using database = Database.open(path, { ...TRUST_SCHEMA, migrations: TRUST_SCHEMA.migrations.slice(0, before) })
    database.run('INSERT INTO pins (name, identity, since) VALUES (?, ?, ?)', 'tool', sampleIdentity('alice'), 7)
  }
  using store = openTrustStore(path)
  store.putKnownDomain(KNOWN)
  assert.deepEqual([store.knownDomain('ggen.io'), store.pin(parsePackageName('tool'))?.since], [KNOWN, 7])
})
