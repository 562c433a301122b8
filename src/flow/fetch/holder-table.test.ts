import assert from 'node:assert/strict'
import { test } from 'node:test'
import { digestOf, LIMITS, type PeerId } from '#core'
import { HolderTable } from './holder-table.ts'

const digest = (n: number): ReturnType<typeof digestOf> => digestOf(Buffer.from(`${n}`))
const peer = (n: number): PeerId => `peer${n}` as PeerId

test('holders are remembered once and forgotten on request', () => {
  const table = new HolderTable()
  table.add(digest(1), peer(1))
  table.add(digest(1), peer(1))
  table.add(digest(1), peer(2))
  assert.deepEqual(table.of(digest(1)), [peer(1), peer(2)])
  table.remove(digest(1), peer(1))
  assert.deepEqual(table.of(digest(1)), [peer(2)])
  assert.deepEqual(table.of(digest(2)), [])
})

test('the table is bounded by digests and by holders of one digest, and drops what was used longest ago', () => {
  const table = new HolderTable()
  for (let n = 0; n < LIMITS.providersPerLookup + 5; n++) table.add(digest(0), peer(n))
  assert.equal(table.of(digest(0)).length, LIMITS.providersPerLookup)
  for (let n = 1; n <= LIMITS.knownHolders; n++) table.add(digest(n), peer(0))
  assert.deepEqual(table.of(digest(0)), [])
  assert.deepEqual(table.of(digest(LIMITS.knownHolders)), [peer(0)])
})
