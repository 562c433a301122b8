import assert from 'node:assert/strict'
import { test } from 'node:test'
import { KeyedLock } from './keyed-lock.ts'

const never = new AbortController().signal

test('holders of one key take turns in order, other keys do not wait', async () => {
  const lock = new KeyedLock<string>()
  const log: string[] = []
  const first = await lock.enter('a', never)
  const second = lock.enter('a', never).then((held) => {
    log.push('second')
    held[Symbol.dispose]()
  })
  const third = lock.enter('a', never).then((held) => {
    log.push('third')
    held[Symbol.dispose]()
  })
  const other = await lock.enter('b', never)
  log.push('other')
  other[Symbol.dispose]()
  first[Symbol.dispose]()
  await Promise.all([second, third])
  assert.deepEqual(log, ['other', 'second', 'third'])
})

test('who gives up waiting leaves the queue in order', async () => {
  const lock = new KeyedLock<string>()
  const first = await lock.enter('a', never)
  const impatient = new AbortController()
  const gaveUp = assert.rejects(lock.enter('a', impatient.signal), /enough/)
  const patient = lock.enter('a', never)
  impatient.abort(new Error('enough'))
  await gaveUp
  first[Symbol.dispose]()
  const held = await patient
  held[Symbol.dispose]()
})
