import { Events, GgenError, type GgenEvent } from '#core'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Tasks } from './tasks.ts'

const watched = (): { readonly tasks: Tasks; readonly seen: GgenEvent[] } => {
  const events = new Events()
  const seen: GgenEvent[] = []
  events.subscribe((event) => seen.push(event))
  return { tasks: new Tasks(events), seen }
}

test('Work that fails is reported and reaches nobody else', async () => {
  const { tasks, seen } = watched()
  tasks.run('a task', async () => {
    throw new GgenError('timeout', 'too late')
  })
  await new Promise(setImmediate)
  await tasks.end(new Error('over'))
  assert.deepEqual(seen, [{ type: 'task-failed', task: 'a task', code: 'timeout', message: 'too late' }])
})

test('The end stops all work, waits for it, and is no failure', async () => {
  const { tasks, seen } = watched()
  let isOver = false
  tasks.run('a long task', async (signal) => {
    const { promise, reject } = Promise.withResolvers<never>()
    signal.addEventListener('abort', () => reject(signal.reason))
    await promise.finally(() => {
      isOver = true
    })
  })
  const ending = tasks.end(new GgenError('cancelled', 'over'))
  assert(tasks.signal.aborted)
  await ending
  assert(isOver)
  assert.deepEqual(seen, [])
})

test('It works without anybody who listens', async () => {
  const tasks = new Tasks(undefined)
  tasks.run('a task', () => Promise.reject(new Error('x')))
  await tasks.end(new Error('over'))
})
