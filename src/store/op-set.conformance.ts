import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import fc from 'fast-check'
import { opIdHash } from '#core'
import type { Catalogue } from './catalogue.ts'
import { addTo, EMPTY_SUM, sumOf } from './hash-sum.ts'
import { boundBetween, compareBounds, FIRST_BOUND, LAST_BOUND, type OpBound, type OpRange, WHOLE_SET } from './op-set.ts'
import { sampleRelease } from './sample-ops.conformance.ts'

type Open = (context: TestContext) => Catalogue

/** Puts releases of these times into a catalogue; returns their places in the order of the set. */
const fill = (catalogue: Catalogue, ats: readonly number[]): OpBound[] => {
  const ops = ats.map((at, index) => sampleRelease({ at, seq: index, salt: `${index}` }))
  catalogue.transact(() => {
    for (const op of ops) catalogue.putOp(op)
  })
  return ops.map(({ at, id }) => ({ at, hash: opIdHash(id) })).sort(compareBounds)
}

/** Times as they come in practice: crowds within a second, an hour, a year. */
const crowded = (count: number): number[] =>
  Array.from({ length: count }, (_, index) => 1_700_000_000 + [index % 3, index * 7, index * 40_000, (index % 5) * 1_000_003][index % 4]!)

const anyBound = fc.oneof(
  fc.constantFrom(FIRST_BOUND, LAST_BOUND),
  fc.record({ at: fc.integer({ min: 1_699_999_990, max: 1_720_000_000 }), hash: fc.uint8Array({ maxLength: 32 }) }),
  fc.record({ at: fc.integer({ min: 1_700_000_000, max: 1_700_000_002 }), hash: fc.uint8Array({ maxLength: 3 }) }),
)
const anyRange = fc.tuple(anyBound, anyBound).map(([a, b]): OpRange => (compareBounds(a, b) <= 0 ? { from: a, to: b } : { from: b, to: a }))

/** What the ordered set of a catalogue must do. */
export const opSetConformance = (open: Open): void => {
  test('an empty set measures nothing and has no stretches', (context) => {
    using catalogue = open(context)
    assert.deepEqual(catalogue.measure(WHOLE_SET), { count: 0, sum: EMPTY_SUM })
    assert.deepEqual(catalogue.divide(WHOLE_SET, 16), [])
    assert.deepEqual(catalogue.placesIn(WHOLE_SET, 10), [])
  })

  test('the sum is the same whatever the order and however often', (context) => {
    using catalogue = open(context)
    const ops = Array.from({ length: 40 }, (_, seq) => sampleRelease({ seq, publisher: seq % 2 === 0 ? 'alice' : 'bob' }))
    for (const op of [...ops.toReversed(), ...ops]) catalogue.putOp(op)
    assert.deepEqual(catalogue.measure(WHOLE_SET), { count: 40, sum: sumOf(ops.map(({ id }) => opIdHash(id))) })
  })

  for (const size of [1, 31, 64, 65, 200, 1500]) {
    test(`ranges of ${size} ops are measured and listed as by hand`, (context) => {
      using catalogue = open(context)
      const places = fill(catalogue, crowded(size))
      fc.assert(fc.property(anyRange, fc.nat(2 * size), (range, limit) => {
        const inside = places.filter((place) => compareBounds(place, range.from) >= 0 && compareBounds(place, range.to) < 0)
        assert.deepEqual(catalogue.measure(range), { count: inside.length, sum: sumOf(inside.map(({ hash }) => hash)) })
        assert.deepEqual(catalogue.placesIn(range, limit), inside.slice(0, limit))
      }), { numRuns: 60 })
    })

    test(`ranges of ${size} ops are cut into even stretches that hold all of it`, (context) => {
      using catalogue = open(context)
      fill(catalogue, crowded(size))
      fc.assert(fc.property(anyRange, fc.integer({ min: 2, max: 40 }), (range, parts) => {
        const stretches = catalogue.divide(range, parts)
        const whole = catalogue.measure(range)
        assert(stretches.length <= 2 * parts + 1, `${stretches.length} stretches for ${parts}`)
        const sum = EMPTY_SUM.slice()
        for (const [place, stretch] of stretches.entries()) {
          const to = stretches[place + 1]?.from ?? range.to
          assert.deepEqual(catalogue.measure({ from: stretch.from, to }), { count: stretch.count, sum: stretch.sum })
          assert(stretch.count > 0 && stretch.count <= Math.ceil(whole.count / parts))
          addTo(sum, stretch.sum)
        }
        assert.deepEqual({ count: stretches.reduce((count, each) => count + each.count, 0), sum }, whole)
        if (stretches.length > 0) assert.deepEqual(stretches[0]?.from, range.from)
      }), { numRuns: 60 })
    })
  }

  test('a place between two ops separates them', (context) => {
    using catalogue = open(context)
    const places = fill(catalogue, crowded(100))
    for (const [index, after] of places.entries()) {
      const before = places[index - 1]
      if (before === undefined) continue
      const to = boundBetween(before, after)
      assert.equal(catalogue.measure({ from: FIRST_BOUND, to }).count, index)
    }
  })

  test('what a failed transaction put in is out again', (context) => {
    using catalogue = open(context)
    fill(catalogue, crowded(64))
    const before = [catalogue.measure(WHOLE_SET), catalogue.divide(WHOLE_SET, 16)]
    assert.throws(() => catalogue.transact(() => {
      fill(catalogue, crowded(200).map((at) => at + 1))
      throw new RangeError('no')
    }), RangeError)
    assert.deepEqual([catalogue.measure(WHOLE_SET), catalogue.divide(WHOLE_SET, 16)], before)
  })

  test('an op whose time no op can have is a defect of the caller', (context) => {
    using catalogue = open(context)
    for (const at of [-1, 0.5, 2 ** 40, Number.NaN]) assert.throws(() => catalogue.putOp({ ...sampleRelease(), at }), { code: 'ERR_ASSERTION' })
  })
}
