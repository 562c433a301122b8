import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openEach } from '#trust'
import { Publisher } from '#testing'
import { OpenThread } from './open-thread.ts'

const alice = new Publisher('alice')
const good = [alice.genesis, ...Array.from({ length: 40 }, (_, index) => alice.release('tool', `1.${index}.0`).bytes)]
const never = new AbortController().signal

/** Every fourth is broken in another place. */
const flipped = (bytes: Uint8Array, place: number): Uint8Array => Uint8Array.from(bytes, (byte, at) => (at === place % bytes.length ? byte ^ 1 : byte))
const mixed = good.map((bytes, index) => (index % 4 === 3 ? flipped(bytes, index * 13) : bytes))

test('envelopes come back opened, in order, and faults are those of opening them here', async () => {
  await using thread = new OpenThread()
  for (const envelopes of [mixed, mixed.slice(0, 10), [], good]) assert.deepEqual(await thread.openAll(envelopes, never), openEach(envelopes))
  const many = await Promise.all([thread.openAll(good, never), thread.openAll(mixed, never), thread.openAll(good.toReversed(), never)])
  assert.deepEqual(many, [openEach(good), openEach(mixed), openEach(good.toReversed())])
})

test('each answer has a turn of the event loop, however many are there', async () => {
  await using thread = new OpenThread()
  await thread.openAll(good, never)
  let turn = 0
  const nextTurn = (): void => {
    turn += 1
    counting = setImmediate(nextTurn)
  }
  let counting = setImmediate(nextTurn)
  // Takes longer here than the thread takes to answer the next: so does judging what was opened.
  const turns = await Promise.all(Array.from({ length: 6 }, async () => {
    await thread.openAll(good, never)
    for (let again = 0; again < 3; again++) openEach(good)
    return turn
  }))
  clearImmediate(counting)
  assert.equal(new Set(turns).size, turns.length, `turns ${turns.join(', ')}`)
})

test('disposing ends what is under way', async () => {
  const thread = new OpenThread()
  const opening = assert.rejects(thread.openAll(good, never), { code: 'cancelled' })
  await thread[Symbol.asyncDispose]()
  await opening
  await thread[Symbol.asyncDispose]()
})
