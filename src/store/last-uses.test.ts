import assert from 'node:assert/strict'
import { test } from 'node:test'
import { digestOf } from '#core'
import { LastUses } from './last-uses.ts'

const DIGEST = digestOf(Buffer.from('used'))

test('a use is known at once, and worth writing down once a minute', () => {
  const uses = new LastUses(() => assert.fail('nothing was forgotten'))
  assert.equal(uses.at(DIGEST), undefined)
  assert.deepEqual([0, 59_999, 60_000, 60_001, 119_999, 120_000].map((now) => uses.note(DIGEST, now)), [true, false, true, false, false, true])
  assert.equal(uses.at(DIGEST), 120_000)
  uses.noteWritten(DIGEST, 200_000)
  assert.equal(uses.note(DIGEST, 259_999), false)
  uses.forget(DIGEST)
  assert.equal(uses.at(DIGEST), undefined)
})

test('the number of known uses is bounded', () => {
  let forgotten = 0
  const uses = new LastUses(() => (forgotten += 1))
  for (let index = 0; index < 65_536; index += 1) uses.note(digestOf(Buffer.from(String(index))), 1)
  uses.note(digestOf(Buffer.from('0')), 2)
  assert.equal(forgotten, 0)
  uses.noteWritten(DIGEST, 3)
  assert.deepEqual([forgotten, uses.at(digestOf(Buffer.from('0'))), uses.at(DIGEST)], [1, undefined, 3])
})
