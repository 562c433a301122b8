import assert from 'node:assert/strict'
import { mkdtempDisposable } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { parsePackageName, registryIdOf } from '#core'
import { sampleId, sampleIdentity } from '../sample-ops.conformance.ts'
import { Database } from './database.ts'
import { DeliveryTable } from './delivery-table.ts'
import { openTrustStore } from './sqlite-trust-store.ts'
import { TRUST_SCHEMA } from './trust-schema.ts'

const REGISTRY = registryIdOf(new URL('https://registry.example'))

test('what waits is there, in its order, after the file is opened again', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'ggen-deliveries-'))
  const path = join(folder.path, 'trust.db')
  {
    using database = Database.open(path, TRUST_SCHEMA)
    const table = new DeliveryTable(database)
    for (const label of ['b', 'a']) table.put({ registry: REGISTRY, op: sampleId(label), since: 3 })
  }
  using store = openTrustStore(path)
  assert.deepEqual([store.deliveries.next(REGISTRY), store.deliveries.count(REGISTRY)], [{ registry: REGISTRY, op: sampleId('b'), since: 3 }, 2])
})

test('a file of the version before learns to remember deliveries, and keeps what it had', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'ggen-deliveries-'))
  const path = join(folder.path, 'trust.db')
  const name = parsePackageName('web-tools')
  {
    using before = Database.open(path, { ...TRUST_SCHEMA, migrations: TRUST_SCHEMA.migrations.slice(0, 6) })
    before.run('INSERT INTO pins (name, identity, since) VALUES (?, ?, ?)', name, sampleIdentity('alice'), 7)
  }
  using store = openTrustStore(path)
  store.deliveries.put({ registry: REGISTRY, op: sampleId('a'), since: 1 })
  assert.deepEqual([store.deliveries.count(REGISTRY), store.pin(name)?.since], [1, 7])
})
