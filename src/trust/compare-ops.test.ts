import assert from 'node:assert/strict'
import test from 'node:test'
import type { OpId } from '#core'
import { compareOps, compareText } from './compare-ops.ts'

test('ops are ordered by the clock of their publisher, and of the same second by id', () => {
  const ops = [{ at: 2, id: 'a' as OpId }, { at: 1, id: 'c' as OpId }, { at: 1, id: 'B' as OpId }]
  assert.deepEqual(ops.toSorted(compareOps).map(({ id }) => id), ['B', 'c', 'a'])
  assert.equal(compareOps({ at: 1, id: 'a' as OpId }, { at: 1, id: 'a' as OpId }), 0)
})

test('texts are ordered by their code units, whatever the language', () => {
  assert.deepEqual(['b', 'ä', 'a', 'B', ''].sort(compareText), ['', 'B', 'a', 'b', 'ä'])
})
