import assert from 'node:assert/strict'
import { mkdtempDisposable, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { isGgenError } from '#core'
import { Publisher } from '#testing'
import { openReceiptStore } from './sqlite-receipt-store.ts'
import { openRegistryRecords } from './sqlite-registry-records.ts'

test('promises are there again when the file is opened again, for the owner alone', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'ggen-registry-'))
  const path = join(folder.path, 'registry.db')
  const op = new Publisher('alice').release('tool', '1.0.0')
  {
    using records = openRegistryRecords(path)
    const { identity, body: { name, version, artifact: { digest } } } = op
    records.promise({ ops: [op], blobs: [{ digest, release: { identity, name, version } }], by: 'token', at: 1 })
  }
  using again = openRegistryRecords(path)
  assert.deepEqual([again.isPromised(op.id), again.keeps(op.body.artifact.digest)], [true, true])
  assert.equal((await stat(path)).mode & 0o777, 0o600)
})

test('the file of another kind is left alone', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'ggen-registry-'))
  const path = join(folder.path, 'registry.db')
  openReceiptStore(path)[Symbol.dispose]()
  assert.throws(() => openRegistryRecords(path), (error) => isGgenError(error, 'store-broken'))
})
