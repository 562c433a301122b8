import { LIMITS } from '#core'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { hasCode } from '../network-lab.conformance.ts'
import { Slots } from './slots.ts'

const quiet = new AbortController().signal

/** Whether a promise has settled once all that was under way is done. */
const isSettled = async (promise: Promise<unknown>): Promise<boolean> => {
  let settled = false
  void promise.finally(() => {
    settled = true
  })
  await new Promise(setImmediate)
  return settled
}

test('So many go in at once, the others wait in order', async () => {
  const slots = new Slots(2)
  const [first, second] = [await slots.enter('a', quiet), await slots.enter('a', quiet)]
  const order: number[] = []
  const waiting = [3, 4].map(async (number) => {
    const leave = await slots.enter('a', quiet)
    order.push(number)
    leave()
  })
  await new Promise(setImmediate)
  assert.deepEqual(order, [])
  first?.()
  await Promise.all(waiting)
  assert.deepEqual(order, [3, 4])
  second?.()
})

test('Keys do not wait for each other', async () => {
  const slots = new Slots(1)
  await slots.enter('a', quiet)
  const leave = await slots.enter('b', quiet)
  leave()
})

test('One who gives up leaves the queue and takes no slot with it', async () => {
  const slots = new Slots(1)
  const leave = await slots.enter('a', quiet)
  const controller = new AbortController()
  const rejected = assert.rejects(slots.enter('a', controller.signal), { message: 'enough' })
  const next = slots.enter('a', quiet)
  controller.abort(new Error('enough'))
  await rejected
  assert.equal(await isSettled(next), false)
  leave()
  const leaveNext = await next
  leaveNext()
  await slots.enter('a', quiet)
})

test('An aborted signal never enters', async () => {
  await assert.rejects(new Slots(1).enter('a', AbortSignal.abort(new Error('no'))), { message: 'no' })
})

test('Too many altogether are refused at once', async () => {
  const slots = new Slots(1)
  const controller = new AbortController()
  const all = Array.from({ length: LIMITS.pendingQuestions }, () => slots.enter('a', controller.signal))
  await assert.rejects(slots.enter('b', quiet), hasCode('too-busy'))
  controller.abort(new Error('over'))
  const results = await Promise.allSettled(all)
  assert.equal(results.filter(({ status }) => status === 'rejected').length, LIMITS.pendingQuestions - 1)
  await slots.enter('b', quiet)
})
