import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { opIdHash } from '#core'
import { sumOf } from './hash-sum.ts'
import { MemoryOpSet } from './memory-op-set.ts'
import { compareBounds, FIRST_BOUND, WHOLE_SET } from './op-set.ts'
import { sampleId } from './sample-ops.conformance.ts'

// What all ordered sets must do is in op-set.conformance.ts; the catalogue in memory, which holds one of these, passes it.

const ops = Array.from({ length: 40 }, (_, index) => ({ at: 1_700_000_000 + (index % 7), id: sampleId(`op ${index}`) }))

test('any history of adding and taking out leaves the set of what is in it', () => {
  fc.assert(fc.property(fc.array(fc.nat(ops.length - 1), { maxLength: 120 }), (toggles) => {
    const set = new MemoryOpSet()
    const held = new Set<number>()
    for (const index of toggles) {
      if (held.delete(index)) set.remove(ops[index]!)
      else {
        held.add(index)
        set.add(ops[index]!)
      }
    }
    const places = [...held].map((index) => ({ at: ops[index]!.at, hash: opIdHash(ops[index]!.id) })).sort(compareBounds)
    assert.deepEqual(set.placesIn(WHOLE_SET, 1000), places)
    assert.deepEqual(set.measure(WHOLE_SET), { count: places.length, sum: sumOf(places.map(({ hash }) => hash)) })
  }))
})

test('taking out what is not there is a defect of the caller', () => {
  const set = new MemoryOpSet()
  set.add(ops[0]!)
  assert.throws(() => set.remove(ops[1]!), { code: 'ERR_ASSERTION' })
  assert.throws(() => set.remove({ ...ops[0]!, at: 1 }), { code: 'ERR_ASSERTION' })
  assert.equal(set.measure(WHOLE_SET).count, 1)
})

test('what is given out can be changed without harm', () => {
  const set = new MemoryOpSet()
  for (const op of ops) set.add(op)
  const before = set.measure(WHOLE_SET)
  for (const { hash } of set.placesIn(WHOLE_SET, 1000)) hash.fill(0)
  for (const { sum } of set.divide(WHOLE_SET, 4)) sum.fill(0)
  assert.deepEqual(set.measure(WHOLE_SET), before)
  assert.deepEqual(set.divide({ from: FIRST_BOUND, to: FIRST_BOUND }, 4), [])
})
