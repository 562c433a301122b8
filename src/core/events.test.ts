import assert from 'node:assert/strict'
import test from 'node:test'
import { isGgenError } from './errors.ts'
import { Events, type GgenEvent } from './events.ts'
import { LIMITS } from './limits.ts'

const event: GgenEvent = { type: 'task-failed', task: 'sync', code: 'timeout', message: 'late' }

test('every subscriber gets every event in order until it leaves', () => {
  const events = new Events()
  const [first, second]: [string[], string[]] = [[], []]
  const subscription = events.subscribe(({ type }) => first.push(type))
  using _ = events.subscribe(({ type }) => second.push(type))
  events.emit(event)
  subscription[Symbol.dispose]()
  events.emit(event)
  assert.deepEqual([first.length, second.length], [1, 2])
})

test('there is a limit of subscribers, and leaving makes room', () => {
  const events = new Events()
  const subscriptions = Array.from({ length: LIMITS.eventListeners }, () => events.subscribe(() => undefined))
  assert.throws(() => events.subscribe(() => undefined), (error) => isGgenError(error, 'too-busy'))
  subscriptions[0]?.[Symbol.dispose]()
  events.subscribe(() => undefined)
})
