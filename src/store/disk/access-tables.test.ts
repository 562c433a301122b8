import assert from 'node:assert/strict'
import { mkdtempDisposable } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { type Ban, parseBanSubject, parsePackageName, parsePeerId } from '#core'
import { sampleIdentity } from '../sample-ops.conformance.ts'
import { AccessTables } from './access-tables.ts'
import { Database } from './database.ts'
import { openTrustStore } from './sqlite-trust-store.ts'
import { TRUST_SCHEMA } from './trust-schema.ts'

const PEER = parsePeerId('12D3KooWDpJ7As7BWAwRMfu1VU2WCqNjvq387JEYKDBj4kx6nXTN')
const BANS: readonly Ban[] = [
  { subject: PEER, reason: 'wrong bytes', by: 'node', since: 1_700_000_000_123, forMs: 3_600_000, count: 3 },
  { subject: parseBanSubject('2001:db8::/48'), reason: 'spam', by: 'user', since: 5, count: 0 },
]

test('bans and allowed peers are there after the file is opened again', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'ggen-access-'))
  const path = join(folder.path, 'trust.db')
  {
    using database = Database.open(path, TRUST_SCHEMA)
    const tables = new AccessTables(database)
    for (const ban of BANS) tables.putBan(ban)
    tables.putAllowedPeer({ peer: PEER, since: 7 })
  }
  using store = openTrustStore(path)
  assert.deepEqual([store.access.bans(), store.access.allowedPeers()], [BANS, [{ peer: PEER, since: 7 }]])
})

test('a file of the version before learns to remember peers, and keeps what it had', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'ggen-access-'))
  const path = join(folder.path, 'trust.db')
  const name = parsePackageName('web-tools')
  {
    using before = Database.open(path, { ...TRUST_SCHEMA, migrations: TRUST_SCHEMA.migrations.slice(0, 2) })
    before.run('INSERT INTO pins (name, identity, since) VALUES (?, ?, ?)', name, sampleIdentity('alice'), 7)
  }
  using store = openTrustStore(path)
  for (const ban of BANS) store.access.putBan(ban)
  assert.deepEqual([store.access.bans(), store.pin(name)?.since], [BANS, 7])
})
