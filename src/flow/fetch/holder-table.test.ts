import assert from 'node:assert/strict'
import { test } from 'node:test'
import { digestOf, LIMITS, type PeerId, PieceSet } from '#core'
import { HolderTable } from './holder-table.ts'

const digest = (n: number): ReturnType<typeof digestOf> => digestOf(Buffer.from(`${n}`))
const peer = (n: number): PeerId => `peer${n}` as PeerId
const WHOLE = { sizeBytes: 5 }

test('holders are remembered once, with what they said last, and forgotten on request', () => {
  const table = new HolderTable()
  const part = { sizeBytes: 3 * LIMITS.pieceBytes, pieces: new PieceSet(3) }
  table.add(digest(1), peer(1), part)
  table.add(digest(1), peer(1), WHOLE)
  table.add(digest(1), peer(2), part)
  assert.deepEqual(table.of(digest(1)), [peer(1), peer(2)])
  assert.deepEqual([table.held(digest(1), peer(1)), table.held(digest(1), peer(2)), table.held(digest(1), peer(3))], [WHOLE, part, undefined])
  table.remove(digest(1), peer(1))
  assert.deepEqual(table.of(digest(1)), [peer(2)])
  assert.deepEqual(table.of(digest(2)), [])
})

test('the table is bounded by digests and by holders of one digest, and drops what was used longest ago', () => {
  const table = new HolderTable()
  for (let n = 0; n < LIMITS.providersPerLookup + 5; n++) table.add(digest(0), peer(n), WHOLE)
  assert.equal(table.of(digest(0)).length, LIMITS.providersPerLookup)
  const grown = { sizeBytes: 6 }
  table.add(digest(0), peer(0), grown)
  assert.equal(table.held(digest(0), peer(0)), grown)
  for (let n = 1; n <= LIMITS.knownHolders; n++) table.add(digest(n), peer(0), WHOLE)
  assert.deepEqual(table.of(digest(0)), [])
  assert.deepEqual(table.of(digest(LIMITS.knownHolders)), [peer(0)])
})

test('who watches a blob is told when one of its holders is forgotten, and only then', () => {
  const table = new HolderTable()
  for (const n of [1, 2]) table.add(digest(n), peer(1), WHOLE)
  let told = 0
  const watch = table.watch(digest(1), () => (told += 1))
  table.remove(digest(2), peer(1))
  table.remove(digest(1), peer(7))
  assert.equal(told, 0)
  table.remove(digest(1), peer(1))
  assert.equal(told, 1)
  watch[Symbol.dispose]()
  table.add(digest(1), peer(1), WHOLE)
  table.remove(digest(1), peer(1))
  assert.equal(told, 1)
})
