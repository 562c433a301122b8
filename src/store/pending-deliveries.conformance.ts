import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { isGgenError, type OpId, REGISTRY_LIMITS, registryIdOf } from '#core'
import type { PendingDelivery } from './pending-deliveries.ts'
import { sampleId } from './sample-ops.conformance.ts'
import type { TrustStore } from './trust-store.ts'

const [HERE, THERE] = [registryIdOf(new URL('https://registry.example')), registryIdOf(new URL('https://other.example/ggen'))]

const waiting = (label: string, change: Partial<PendingDelivery> = {}): PendingDelivery =>
  ({ registry: HERE, op: sampleId(label), since: 1_700_000_000_123, ...change })

/** What every trust store does with what has still to be handed over. */
export const pendingDeliveriesConformance = (open: (context: TestContext) => TrustStore): void => {
  test('what is to be handed over waits in the order in which it came, for each registry by itself', (context) => {
    using store = open(context)
    const { deliveries } = store
    assert.deepEqual([deliveries.next(HERE), deliveries.count(HERE)], [undefined, 0])
    for (const one of [waiting('second'), waiting('first'), waiting('first', { registry: THERE, since: 5 })]) deliveries.put(one)
    assert.deepEqual([deliveries.next(HERE), deliveries.count(HERE)], [waiting('second'), 2])
    assert.deepEqual([deliveries.next(THERE), deliveries.count(THERE)], [waiting('first', { registry: THERE, since: 5 }), 1])
    deliveries.remove(HERE, sampleId('second'))
    assert.deepEqual([deliveries.next(HERE), deliveries.has(HERE, sampleId('second'))], [waiting('first'), false])
    assert.ok(deliveries.has(HERE, sampleId('first')))
    deliveries.remove(HERE, sampleId('first'))
    deliveries.remove(HERE, sampleId('first'))
    assert.deepEqual([deliveries.count(HERE), deliveries.count(THERE)], [0, 1])
  })

  test('what waits already keeps its place and its date', (context) => {
    using store = open(context)
    for (const one of [waiting('a'), waiting('b'), waiting('a', { since: 9 })]) store.deliveries.put(one)
    assert.deepEqual([store.deliveries.next(HERE), store.deliveries.count(HERE)], [waiting('a'), 2])
  })

  test('what is put in a transaction that fails does not wait', (context) => {
    using store = open(context)
    store.deliveries.put(waiting('a'))
    assert.throws(() => store.transact(() => {
      store.deliveries.remove(HERE, sampleId('a'))
      store.deliveries.put(waiting('b'))
      throw new RangeError('no')
    }), RangeError)
    assert.deepEqual([store.deliveries.next(HERE), store.deliveries.count(HERE)], [waiting('a'), 1])
  })

  test('deliveries are limited, and those that wait may be put again', (context) => {
    using store = open(context)
    const nth = (index: number): PendingDelivery => ({ ...waiting(''), op: `op-${index}` as OpId })
    store.transact(() => {
      for (let index = 0; index < REGISTRY_LIMITS.deliveries; index += 1) store.deliveries.put(nth(index))
    })
    assert.throws(() => store.deliveries.put(nth(REGISTRY_LIMITS.deliveries)), (error) => isGgenError(error, 'too-busy'))
    store.deliveries.put(nth(0))
    assert.equal(store.deliveries.count(HERE), REGISTRY_LIMITS.deliveries)
  })

  test('after the store was closed, deliveries are refused', (context) => {
    const store = open(context)
    const { deliveries } = store
    store[Symbol.dispose]()
    const op = sampleId('a')
    const attempts = [
      () => deliveries.put(waiting('a')), () => deliveries.next(HERE), () => deliveries.has(HERE, op), () => deliveries.count(HERE),
      () => deliveries.remove(HERE, op),
    ]
    for (const attempt of attempts) assert.throws(attempt, (error) => isGgenError(error, 'cancelled'))
  })
}
