import assert from 'node:assert/strict'
import { mkdtempDisposable, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { digestOf, parsePackageName, parseVersion, type Receipt, type Sha512 } from '#core'
import { sampleId, sampleIdentity } from '../sample-ops.conformance.ts'
import { openReceiptStore } from './sqlite-receipt-store.ts'

const RECEIPT: Receipt = {
  name: parsePackageName('web-tools'), version: parseVersion('1.0.0'), digest: digestOf(Buffer.from('archive')), sizeBytes: 7, at: 1,
  sources: [], resumedBytes: 0, wastedBytes: 0, durationMs: 1,
  proof: { release: sampleId('release'), identity: sampleIdentity('alice'), sha512: '' as Sha512 },
}

test('receipts are there again when the file is opened again, for the owner alone', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'ggen-receipts-'))
  const path = join(folder.path, 'receipts.db')
  {
    using store = openReceiptStore(path)
    store.put(RECEIPT)
  }
  using again = openReceiptStore(path)
  assert.deepEqual(again.find(RECEIPT.digest), RECEIPT)
  assert.equal((await stat(path)).mode & 0o777, 0o600)
})
