import assert from 'node:assert/strict'
import { test } from 'node:test'
import { LIMITS, type Urgency } from '#core'
import { until } from '#testing'
import { TransferSlots, type Slot } from './transfer-slots.ts'
import { never } from './transfer-scene.conformance.ts'

/** Enters, and notes when it is in. */
const entering = (slots: TransferSlots, inside: string[]) => (name: string, urgency: Urgency, signal = never): Slot => {
  const slot = slots.enter(urgency, signal)
  void slot.turn.then(() => inside.push(name), () => undefined)
  return slot
}

const settle = (): Promise<void> => new Promise((resolve) => { setImmediate(resolve) })

test('who is waited for goes first, and finds a place though many others wait', async () => {
  const [slots, inside] = [new TransferSlots(4), [] as string[]]
  const enter = entering(slots, inside)
  const [first] = [enter('a', 'background'), enter('b', 'background'), enter('c', 'background'), enter('d', 'background')]
  enter('e', 'interactive')
  await settle()
  assert.deepEqual(inside, ['a', 'b', 'c', 'e'])
  const waiting = enter('f', 'interactive')
  first?.[Symbol.dispose]()
  await until('the place is taken', () => inside.length === 5)
  assert.equal(inside[4], 'f')
  waiting[Symbol.dispose]()
  await settle()
  assert.deepEqual(inside.slice(5), ['d'], 'three of four places are for those that nobody waits for')
})

test('who is promoted no longer yields, and who leaves the queue is not let in', async () => {
  const [slots, inside] = [new TransferSlots(1), [] as string[]]
  const enter = entering(slots, inside)
  const first = enter('a', 'background')
  const stop = new AbortController()
  const [leaving, , late] = [enter('b', 'background', stop.signal), enter('c', 'background'), enter('d', 'background')]
  stop.abort(new Error('enough'))
  await assert.rejects(leaving.turn, /enough/)
  leaving[Symbol.dispose]()
  late.promote()
  first[Symbol.dispose]()
  await settle()
  assert.deepEqual(inside, ['a', 'd'])
})

test('the queue has an end', () => {
  const slots = new TransferSlots(1)
  for (let waiting = 0; waiting <= LIMITS.waitingTransfers; waiting++) slots.enter('background', never)
  assert.throws(() => slots.enter('interactive', never), { code: 'too-busy' })
})
