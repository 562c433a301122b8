import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { lotsOf } from './lots.ts'

describe('lotsOf', () => {
  test('puts the tests of a folder beside the sources into one process, and each of the others into its own', () => {
    const lots = lotsOf(['test/faults/b.test.ts', 'src/core/b.test.ts', 'src/core/a.test.ts', 'tools/tidy/a.test.ts', 'test/faults/a.test.ts'])
    assert.deepEqual(lots.map(({ files }) => files), [
      ['src/core/a.test.ts', 'src/core/b.test.ts'], ['tools/tidy/a.test.ts'], ['test/faults/a.test.ts'], ['test/faults/b.test.ts'],
    ])
  })

  test('parts a large folder evenly', () => {
    const files = Array.from({ length: 33 }, (_, index) => `src/core/${String(index).padStart(2, '0')}.test.ts`)
    assert.deepEqual(lotsOf(files).map(({ name, files: { length } }) => [name, length]), [['src/core 1', 11], ['src/core 2', 11], ['src/core 3', 11]])
  })

  test('has every file once, under names that differ, whatever the order', () => {
    const file = fc.tuple(fc.constantFrom('src/core', 'src/core/a', 'tools/tidy', 'test', 'test/core'), fc.nat(99))
      .map(([folder, number]) => `${folder}/${number}.test.ts`)
    fc.assert(fc.property(fc.array(file, { maxLength: 80 }), (files) => {
      const lots = lotsOf(files)
      assert.deepEqual(lots.flatMap((lot) => lot.files).toSorted(), [...new Set(files)].toSorted())
      assert.equal(new Set(lots.map(({ name }) => name)).size, lots.length)
      assert.deepEqual(lotsOf(files.toReversed()), lots)
    }))
  })
})
