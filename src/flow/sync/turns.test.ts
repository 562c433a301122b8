import assert from 'node:assert/strict'
import { test } from 'node:test'
import { seeded, TestClock, until } from '#testing'
import { turns } from './turns.ts'

test('a turn comes within a quarter of its time, sooner or later, and none after the signal', async () => {
  const clock = new TestClock()
  const stop = new AbortController()
  let count = 0
  const reading = (async () => {
    for await (const _ of turns({ clock, random: seeded('turns'), everyMs: 1000 }, stop.signal)) count += 1
  })()
  for (let turn = 1; turn <= 20; turn += 1) {
    clock.advance(749)
    await new Promise(setImmediate)
    assert.equal(count, turn - 1)
    clock.advance(501)
    await until('the turn comes', () => count === turn)
  }
  stop.abort()
  await reading
})

test('what waiting throws without being told to stop is thrown', async () => {
  const clock = { ...new TestClock(), wait: () => Promise.reject(new RangeError('no clock')) } as unknown as TestClock
  await assert.rejects(turns({ clock, random: seeded('turns'), everyMs: 1000 }, new AbortController().signal).next(), RangeError)
})
