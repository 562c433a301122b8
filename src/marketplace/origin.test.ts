import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parsePeerId, type Receipt } from '#core'
import { memoryTrustStore } from '#store'
import { Publisher } from '#testing'
import { proofOf } from './describe-package.ts'
import { isOwn, originOf, receiptOf } from './origin.ts'

const release = new Publisher('alice').release('tool', '1.0.0')
const RECEIPT: Receipt = {
  name: release.body.name, version: release.body.version, digest: release.body.artifact.digest, sizeBytes: 10, at: 5, proof: proofOf(release),
  sources: [{ peer: parsePeerId(`12D3Koo${'W'.repeat(45)}`), carrier: 'tls', bytes: 8, ranges: [[2, 8]], bytesPerSecond: 80 }],
  resumedBytes: 2, wastedBytes: 1, durationMs: 100,
}

test('an archive comes from whom its receipt names', () => {
  const { sources, resumedBytes, wastedBytes, durationMs, proof } = RECEIPT
  assert.deepEqual(originOf(RECEIPT, false), { origin: 'fetched', sources, resumedBytes, wastedBytes, durationMs, fetchedAt: 5, proof })
})

test('a receipt holds what the transfer reports and what the release signs', () => {
  const { sources, resumedBytes, wastedBytes, durationMs } = RECEIPT
  const { sizeBytes } = release.body.artifact
  assert.deepEqual(receiptOf(release, { sources, resumedBytes, wastedBytes, durationMs }, 5), { ...RECEIPT, sizeBytes })
})

test('without a receipt it was published here, or never fetched', () => {
  assert.deepEqual([true, false].map((own) => originOf(undefined, own).origin), ['published', 'none'])
})

test('own are the releases up to the last own op of their feed', () => {
  const trust = memoryTrustStore()
  const alice = new Publisher('alice')
  const [first, second, later] = ['1.0.0', '1.1.0', '1.2.0'].map((version) => alice.release('tool', version))
  const other = new Publisher('bob').release('tool', '1.0.0')
  assert.ok(first && second && later)
  trust.putOwnOp(second)
  assert.deepEqual([first, second, later, other].map((one) => isOwn(trust, one)), [true, true, false, false])
})
