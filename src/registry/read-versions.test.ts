import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parsePackageName } from '#core'
import { Publisher, TestClock } from '#testing'
import { readVersions } from './read-versions.ts'

const name = parsePackageName('tool')

test('the order in which records come makes no difference, and what is forged or of other packages says nothing', () => {
  const alice = new Publisher('alice')
  const ops = [alice.release('tool', '1.0.0').bytes, alice.release('tool', '1.1.0').bytes, alice.status('tool', '1.0.0', { state: 'yanked' }).bytes]
  const forged = alice.release('tool', '9.0.0').bytes.with(-1, 0)
  const other = alice.release('other', '1.0.0').bytes
  const expected = [['1.1.0', 'live'], ['1.0.0', 'yanked']]
  for (const order of [[alice.genesis, ...ops, forged, other], [other, forged, ...ops.toReversed(), alice.genesis], [...ops, alice.genesis, ...ops]]) {
    assert.deepEqual(readVersions(name, order, new TestClock()).map(({ version, standing }) => [version, standing]), expected)
  }
})

test('records whose publisher is not among them say nothing', () => {
  assert.deepEqual(readVersions(name, [new Publisher('alice').release('tool', '1.0.0').bytes], new TestClock()), [])
})
