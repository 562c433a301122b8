import { digestOf } from '#core'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Misses } from './misses.ts'

const digest = (n: number): ReturnType<typeof digestOf> => digestOf(Buffer.from(`${n}`))

test('a miss is remembered for five seconds, unless somebody has it or somebody comes', () => {
  const misses = new Misses()
  for (const n of [1, 2, 3]) misses.note(digest(n), 1000)
  assert.deepEqual([misses.covers(digest(1), 5999), misses.covers(digest(1), 6000), misses.covers(digest(4), 1000)], [true, false, false])
  misses.forget(digest(1))
  assert.deepEqual([misses.covers(digest(1), 1000), misses.covers(digest(2), 1000)], [false, true])
  misses.clear()
  assert.ok(!misses.covers(digest(2), 1000))
})

test('misses are bounded: the oldest go first', () => {
  const misses = new Misses()
  for (let n = 0; n < 10_001; n++) misses.note(digest(n), 0)
  assert.deepEqual([0, 1, 10_000].map((n) => misses.covers(digest(n), 1)), [false, true, true])
})
