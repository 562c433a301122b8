import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isGgenError } from '#core'
import { AtMost } from './at-most.ts'

const never = new AbortController().signal

test('so many run at a time, the others in their order, and too many are told so', async () => {
  const turns = new AtMost({ running: 2, waiting: 1 })
  const gates = [0, 1, 2].map(() => Promise.withResolvers<void>())
  const begun: number[] = []
  const works = gates.map(({ promise }, index) => turns.run(async () => {
    begun.push(index)
    await promise
  }, never))
  await Promise.resolve()
  await assert.rejects(turns.run(async () => undefined, never), (error) => isGgenError(error, 'too-busy'))
  assert.deepEqual(begun, [0, 1])
  gates[1]?.resolve()
  await works[1]
  await Promise.resolve()
  assert.deepEqual(begun, [0, 1, 2])
  for (const { resolve } of gates) resolve()
  await Promise.all(works)
  assert.equal(await turns.run(async () => 'free again', never), 'free again')
})

test('who leaves while waiting frees the place, and a failure frees the turn', async () => {
  const turns = new AtMost({ running: 1, waiting: 1 })
  const gate = Promise.withResolvers<void>()
  const first = turns.run(() => gate.promise, never)
  const leaving = new AbortController()
  const waiting = turns.run(async () => 'never', leaving.signal)
  leaving.abort(new Error('left'))
  await assert.rejects(waiting, /left/)
  const next = turns.run(async () => 'next', never)
  gate.reject(new Error('planted'))
  await assert.rejects(first, /planted/)
  assert.equal(await next, 'next')
})
