import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { suite, test, type TestContext } from 'node:test'
import { digestOf, isGgenError, LIMITS, parsePackageName, parseVersion, type PeerId, type Receipt, type Sha512 } from '#core'
import type { ReceiptStore } from './receipt-store.ts'
import { sampleId, sampleIdentity } from './sample-ops.conformance.ts'

const receipt = (label: string, at = 1_700_000_000_000): Receipt => ({
  name: parsePackageName('web-tools'), version: parseVersion('1.0.0'), digest: digestOf(Buffer.from(label)), sizeBytes: 3_000_000, at,
  sources: [{ peer: 'a peer' as PeerId, carrier: 'tls', bytes: 2_000_000, ranges: [[0, 1_000_000], [2_000_000, 1_000_000]], bytesPerSecond: 123.5 }],
  resumedBytes: 1_000_000, wastedBytes: 0, durationMs: 12,
  proof: {
    release: sampleId(label), identity: sampleIdentity('alice'), sha512: createHash('sha512').update(label).digest('hex') as Sha512, chunks: sampleId('chunks'),
  },
})

/** What every store of receipts must do. `open` gives an empty one and clears up after the test. */
export const receiptStoreConformance = (name: string, open: (context: TestContext) => ReceiptStore): void => {
  suite(`${name} is a store of receipts`, () => {
    test('a receipt comes back as it was put, and is replaced by another one of the same archive', (context) => {
      using store = open(context)
      assert.equal(store.find(receipt('a').digest), undefined)
      store.put(receipt('a'))
      store.put(receipt('b'))
      assert.deepEqual(store.find(receipt('a').digest), receipt('a'))
      const { chunks: _, ...proof } = receipt('a').proof
      store.put({ ...receipt('a', 5), sources: [], proof })
      assert.deepEqual(store.find(receipt('a').digest), { ...receipt('a', 5), sources: [], proof })
      assert.deepEqual(store.find(receipt('b').digest), receipt('b'))
    })

    test('the oldest give way', (context) => {
      using store = open(context)
      for (let index = 0; index < LIMITS.receipts; index += 1) store.put(receipt(`nth ${index}`))
      assert.notEqual(store.find(receipt('nth 0').digest), undefined)
      store.put(receipt('one more'))
      assert.equal(store.find(receipt('nth 0').digest), undefined)
      for (const label of ['nth 1', `nth ${LIMITS.receipts - 1}`, 'one more']) assert.notEqual(store.find(receipt(label).digest), undefined)
    })

    test('a disposed store says so', (context) => {
      const store = open(context)
      store[Symbol.dispose]()
      const isClosed = (error: unknown): boolean => isGgenError(error, 'cancelled')
      assert.throws(() => store.put(receipt('a')), isClosed)
      assert.throws(() => store.find(receipt('a').digest), isClosed)
      store[Symbol.dispose]()
    })
  })
}
