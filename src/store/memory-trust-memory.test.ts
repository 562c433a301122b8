import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sampleIdentity } from './sample-ops.conformance.ts'
import { MemoryTrustMemory } from './memory-trust-memory.ts'
import { UndoLog } from './undo-log.ts'

test('Nothing is remembered once the store is closed', () => {
  const memory = new MemoryTrustMemory(new UndoLog(), () => {
    throw new RangeError('closed')
  })
  assert.throws(() => memory.followed(), RangeError)
  assert.throws(() => memory.follow({ identity: sampleIdentity('bob'), since: 1 }), RangeError)
})
