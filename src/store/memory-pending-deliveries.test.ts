import assert from 'node:assert/strict'
import { test } from 'node:test'
import { registryIdOf } from '#core'
import { MemoryPendingDeliveries } from './memory-pending-deliveries.ts'
import { sampleId } from './sample-ops.conformance.ts'
import { UndoLog } from './undo-log.ts'

const REGISTRY = registryIdOf(new URL('https://registry.example'))

test('what is put in a transaction of the log it was given is taken back with it', () => {
  const undo = new UndoLog()
  const deliveries = new MemoryPendingDeliveries(undo, () => undefined)
  deliveries.put({ registry: REGISTRY, op: sampleId('first'), since: 1 })
  assert.throws(() => undo.transact(() => {
    deliveries.remove(REGISTRY, sampleId('first'))
    deliveries.put({ registry: REGISTRY, op: sampleId('second'), since: 2 })
    throw new RangeError('no')
  }), RangeError)
  assert.deepEqual([deliveries.next(REGISTRY)?.op, deliveries.count(REGISTRY)], [sampleId('first'), 1])
})
