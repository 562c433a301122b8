import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { Events, GgenError, type GgenEvent } from '#core'
import { until } from '#testing'
import { Background } from './background.ts'

describe('work in the background', () => {
  test('that fails becomes an event', async () => {
    const events = new Events()
    const seen: GgenEvent[] = []
    events.subscribe((event) => seen.push(event))
    await using background = new Background(events)
    background.run('provide', async () => {
      throw new GgenError('timeout', 'nobody took it')
    })
    await until('the failure is told', () => seen.length > 0)
    assert.deepEqual(seen, [{ type: 'task-failed', task: 'provide', code: 'timeout', message: 'nobody took it' }])
  })

  test('is ended and awaited when the owner is disposed, without a complaint', async () => {
    const events = new Events()
    const seen: GgenEvent[] = []
    events.subscribe((event) => seen.push(event))
    const background = new Background(events)
    let ended = false
    background.run('wait', async (signal) => {
      const { promise, reject } = Promise.withResolvers<never>()
      signal.addEventListener('abort', () => reject(new Error('stopped')))
      await promise.finally(() => {
        ended = true
      })
    })
    await background[Symbol.asyncDispose]()
    assert.ok(ended)
    assert.deepEqual(seen, [])
  })
})
