import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { memoryCatalogue } from '#store'
import { Publisher, TEST_EPOCH } from '#testing'
import { openOp } from '#trust'
import { newestAt } from './newest-at.ts'

const RUNS = Number(process.env['GGEN_TEST_RUNS'] ?? 50)

const alice = new Publisher('alice')
const genesis = openOp(alice.genesis)
/** Many in one second, and some far apart. */
const releases = Array.from({ length: 600 }, (_, index) =>
  alice.release(`tool-${index % 7}`, `1.${index}.0`, { at: TEST_EPOCH + (index < 300 ? 100 : index * 3600) }))

test('nothing has no newest op', () => {
  assert.equal(newestAt(memoryCatalogue()), undefined)
})

test('the newest op of any set is found', () => {
  fc.assert(fc.property(fc.subarray(releases), (some) => {
    const set = memoryCatalogue()
    for (const op of [genesis, ...some]) set.putOp(op)
    assert.equal(newestAt(set), Math.max(genesis.at, ...some.map(({ at }) => at)))
  }), { numRuns: RUNS })
})

test('a large set is not listed for it', () => {
  const set = memoryCatalogue()
  for (const op of [genesis, ...releases]) set.putOp(op)
  let listed = 0
  const watched: typeof set = Object.assign(Object.create(set) as typeof set, {
    measure: set.measure.bind(set),
    divide: set.divide.bind(set),
    placesIn: (...asked: Parameters<typeof set.placesIn>) => {
      const places = set.placesIn(...asked)
      listed += places.length
      return places
    },
  })
  assert.equal(newestAt(watched), releases.at(-1)?.at)
  assert(listed <= 64, `${listed} places`)
})
