import { mkdtempDisposableSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { openReceiptStore } from '#store/disk'
import { memoryReceiptStore } from './memory-receipt-store.ts'
import { receiptStoreConformance } from './receipt-store.conformance.ts'
import type { ReceiptStore } from './receipt-store.ts'

const onDisk = (context: TestContext): ReceiptStore => {
  const folder = mkdtempDisposableSync(join(tmpdir(), 'ggen-receipts-'))
  context.after(() => folder.remove())
  return openReceiptStore(join(folder.path, 'receipts.db'))
}

receiptStoreConformance('the memory twin', () => memoryReceiptStore())
receiptStoreConformance('the SQLite file', onDisk)
