import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Digest, LIMITS } from '#core'
import { Confirmations } from './confirmations.ts'

const named = (name: string): Digest => name as Digest

test('a blob counts as right for a while after it was found so, and no longer', () => {
  const confirmations = new Confirmations()
  assert.equal(confirmations.covers(named('a'), 0), false)
  confirmations.note(named('a'), 1000)
  const last = 999 + LIMITS.blobConfirmedMs
  assert.deepEqual([999, 1000, last, last + 1].map((now) => confirmations.covers(named('a'), now)), [false, true, true, false])
  confirmations.forget(named('a'))
  assert.equal(confirmations.covers(named('a'), 1000), false)
})

test('of very many, those that were found right last are remembered', () => {
  const confirmations = new Confirmations()
  confirmations.note(named('first'), 0)
  confirmations.note(named('second'), 0)
  for (let index = 0; index < LIMITS.confirmedBlobs - 1; index += 1) {
    if (index === 5) confirmations.note(named('first'), 0)
    confirmations.note(named(`blob ${index}`), 0)
  }
  assert.deepEqual(['first', 'second', 'blob 0'].map((name) => confirmations.covers(named(name), 0)), [true, false, true])
})
