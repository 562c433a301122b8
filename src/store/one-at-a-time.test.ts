import assert from 'node:assert/strict'
import { test } from 'node:test'
import { oneAtATime } from './one-at-a-time.ts'

test('work starts when the work before has ended, well or badly', async () => {
  const inTurn = oneAtATime()
  const log: string[] = []
  const gate = Promise.withResolvers<void>()
  const first = inTurn(async () => {
    log.push('first begins')
    await gate.promise
    log.push('first ends')
    throw new RangeError('badly')
  })
  const second = inTurn(async () => log.push('second'))
  gate.resolve()
  await assert.rejects(first, RangeError)
  assert.equal(await second, 3)
  assert.deepEqual(log, ['first begins', 'first ends', 'second'])
})
