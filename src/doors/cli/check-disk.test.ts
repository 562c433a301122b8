import assert from 'node:assert/strict'
import { test } from 'node:test'
import { LIMITS } from '#core'
import { checkDisk, type DiskFacts } from './check-disk.ts'

const GIGABYTE = 1e9
const file = (path: string, bytes: number): NonNullable<DiskFacts['listing']>['files'][number] =>
  ({ path, kind: 'file', mode: 0o600, owner: 1, changedMs: 0, bytes })
const facts = (change: Partial<DiskFacts> = {}): DiskFacts => ({
  home: '/h', room: { freeBytes: 50 * GIGABYTE, totalBytes: 100 * GIGABYTE }, quotaBytes: 10 * GIGABYTE,
  listing: { files: [file('blobs/a', 2 * GIGABYTE), file('trust.db', GIGABYTE)], isWhole: true }, ...change,
})
const statesOf = (change?: Partial<DiskFacts>): readonly string[] => checkDisk(facts(change)).map(({ state }) => state)
const free = (freeBytes: number, freeFiles?: number): Partial<DiskFacts> =>
  ({ room: { freeBytes, totalBytes: 100 * GIGABYTE, ...(freeFiles !== undefined && { freeFiles }) } })

test('a disk with room is right, with little could be better, and without is wrong', () => {
  assert.deepEqual(statesOf(), ['ok', 'ok'])
  assert.equal(statesOf(free(GIGABYTE))[0], 'warn')
  assert.equal(statesOf(free(LIMITS.diskReserveBytes))[0], 'warn')
  assert.equal(statesOf(free(LIMITS.diskReserveBytes - 1))[0], 'fail')
  assert.equal(statesOf(free(50 * GIGABYTE, 999))[0], 'fail')
  assert.equal(statesOf({ room: undefined })[0], 'unknown')
})

test('archives that take more than their quota are pinned', () => {
  assert.deepEqual(checkDisk(facts())[1]?.finding, 'archives take 2.0 GB of 10.0 GB that they may, everything 3.0 GB')
  assert.equal(statesOf({ quotaBytes: GIGABYTE })[1], 'warn')
  assert.equal(checkDisk(facts({ quotaBytes: Infinity }))[1]?.finding, 'archives take 2.0 GB, without a quota, everything 3.0 GB')
  const [, unread] = checkDisk(facts({ quotaBytes: undefined, listing: { files: [], isWhole: false } }))
  assert.equal(unread?.finding, 'archives take at least 0 B, everything at least 0 B')
  assert.equal(statesOf({ listing: undefined })[1], 'ok')
})
