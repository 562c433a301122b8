import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inTurns } from './bundle-parts.ts'

test('work on many is done so many at a time, and its results stand in order', async () => {
  let [running, most] = [0, 0]
  const results = await inTurns([5, 1, 4, 2, 3], 2, async (item) => {
    most = Math.max(most, (running += 1))
    for (let turns = 0; turns < item; turns += 1) await Promise.resolve()
    running -= 1
    return item * 10
  })
  assert.deepEqual([results, most], [[50, 10, 40, 20, 30], 2])
  assert.deepEqual(await inTurns([], 4, async () => 1), [])
  await assert.rejects(inTurns([1, 2], 1, async (item) => Promise.reject(new Error(`no ${item}`))), /no 1/)
})
