import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { mkdtempDisposableSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite, test } from 'node:test'
import fc from 'fast-check'
import { isGgenError } from '#core'
import { compareBounds, FIRST_BOUND, LAST_BOUND, type OpBound, sumOf, WHOLE_SET } from '#store'
import { CATALOGUE_SCHEMA } from './catalogue-schema.ts'
import { Database } from './database.ts'
import { BELOW, OpSpans, PLACES, SPAN } from './op-spans.ts'
import { isMalformed } from './storage-errors.ts'

interface Scene extends Disposable {
  readonly database: Database
  readonly spans: OpSpans
  /** Puts ops in, as one transaction. */
  readonly enter: (places: readonly OpBound[]) => void
}

const openScene = (): Scene => {
  const folder = mkdtempDisposableSync(join(tmpdir(), 'ggen-spans-'))
  const database = Database.open(join(folder.path, 'catalogue.db'), { ...CATALOGUE_SCHEMA, synchronous: 'NORMAL' })
  database.run("INSERT INTO identities VALUES (1, x'00', 0, 0, 0)")
  database.run("INSERT INTO packages VALUES (1, 1, '')")
  const spans = new OpSpans(database)
  return {
    database, spans,
    enter: (places) => database.transact(() => {
      for (const { at, hash } of places) {
        database.run("INSERT INTO ops (id, at, package, envelope) VALUES (?, ?, 1, x'00')", hash, at)
        spans.add(at, hash)
      }
      spans.count()
    }),
    [Symbol.dispose]: () => {
      database[Symbol.dispose]()
      folder[Symbol.dispose]()
    },
  }
}

const hashOf = (label: string): Uint8Array => Uint8Array.from(createHash('sha256').update(label).digest())
const crowd = (count: number, at: number): OpBound[] => Array.from({ length: count }, (_, index) => ({ at, hash: hashOf(`${at} ${index}`) }))
/** Hashes that differ only in their last two bytes: the tree grows to its whole depth. */
const twins = (count: number): OpBound[] =>
  Array.from({ length: count }, (_, index) => ({ at: 1_700_000_000, hash: Uint8Array.of(...hashOf('twins').subarray(0, 30), index >> 8, index & 255) }))
const damaged = (error: unknown): boolean => isGgenError(error, 'store-broken') && isMalformed(error)

/** That the tree says of a set what a sorted list says of it, as a whole and between any of its places. */
const assertHolds = (spans: OpSpans, places: readonly OpBound[], cuts: readonly OpBound[]): void => {
  const bounds = [FIRST_BOUND, ...cuts.toSorted(compareBounds), LAST_BOUND]
  for (const [index, to] of bounds.entries()) {
    const from = bounds[index - 1]
    if (from === undefined) continue
    const inside = places.filter((place) => compareBounds(place, from) >= 0 && compareBounds(place, to) < 0)
    const summary = { count: inside.length, sum: sumOf(inside.map(({ hash }) => hash)) }
    assert.deepEqual(spans.measure({ from, to }), summary)
    const parts = spans.divide({ from, to }, 4)
    assert.deepEqual({ count: parts.reduce((sum, { count }) => sum + count, 0), sum: sumOf(parts.map(({ sum }) => sum)) }, summary)
  }
  assert.deepEqual(spans.placesIn(WHOLE_SET, 1e6), places)
}

suite('the tree over the ops', () => {
  test('says what a sorted list says, in whatever batches it was filled', () => {
    const scattered = Array.from({ length: 40 }, (_, index) => crowd(1, 9 ** (index % 11))[0]!)
    const pool = [...crowd(90, 1_700_000_000), ...crowd(40, 1_700_000_001), ...twins(80), ...scattered]
    const unique = [...new Map(pool.map((place) => [Buffer.from(place.hash).toString('hex'), place])).values()]
    const cut = fc.oneof(
      fc.record({ at: fc.constantFrom(1_700_000_000, 1_700_000_001), hash: fc.uint8Array({ maxLength: 32 }) }), fc.constantFrom(...unique),
    )
    const batches = fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 1, maxLength: 14 })
    fc.assert(fc.property(fc.shuffledSubarray(unique), batches, fc.array(cut, { maxLength: 3 }), (places, sizes, cuts) => {
      using scene = openScene()
      let start = 0
      for (const size of sizes) {
        scene.enter(places.slice(start, start + size))
        start += size
      }
      assertHolds(scene.spans, places.slice(0, start).sort(compareBounds), cuts)
    }), { numRuns: 40 })
  })

  test('tells thousands of ops of one second apart by their hashes', () => {
    using scene = openScene()
    const places = crowd(3000, 1_700_000_000)
    scene.enter(places)
    const sorted = places.toSorted(compareBounds)
    assertHolds(scene.spans, sorted, [sorted[700]!, { at: 1_700_000_000, hash: Uint8Array.of(0x80) }])
    const stretches = scene.spans.divide(WHOLE_SET, 16)
    assert(stretches.length >= 12 && stretches.every(({ count }) => count <= 188))
  })

  test('stays small beside the ops', () => {
    using scene = openScene()
    const places = crowd(3000, 1_700_000_000)
    scene.enter(places)
    const rows = scene.database.get<{ count: number }>('SELECT count(*) AS count FROM spans')?.count ?? 0
    assert(rows < places.length / 8, `${rows} spans`)
  })

  test('reaches from the first second to the last', () => {
    using scene = openScene()
    const places = [0, 1, 2 ** 31, 2 ** 40 - 1].flatMap((at) => crowd(70, at)).sort(compareBounds)
    scene.enter(places)
    assertHolds(scene.spans, places, [{ at: 2 ** 40 - 1, hash: new Uint8Array() }, { at: 1, hash: new Uint8Array(32).fill(0xff) }])
  })
})

suite('a tree that is damaged', () => {
  for (const damage of [
    "UPDATE spans SET path = 'XYZ' WHERE depth = 1", "UPDATE spans SET path = path || '0' WHERE depth = 1", 'UPDATE spans SET sum = zeroblob(31)',
    'UPDATE spans SET count = -1 WHERE depth > 0', 'UPDATE spans SET count = count + 1 WHERE depth = 0', 'DELETE FROM spans WHERE depth = 2',
    'UPDATE spans SET sum = zeroblob(32) WHERE depth = 0', 'UPDATE spans SET parted = 0', 'UPDATE spans SET parted = 1',
  ]) {
    test(`gives the typed error: ${damage}`, () => {
      using scene = openScene()
      scene.enter([...crowd(100, 1_700_000_000), ...crowd(100, 1_700_000_000 + 3e7)])
      scene.database.run(damage)
      assert.throws(() => scene.spans.divide(WHOLE_SET, 300), damaged)
    })
  }
})

test('every look into it uses an index', () => {
  using scene = openScene()
  for (const sql of [SPAN, BELOW, PLACES]) {
    const values = sql.match(/\?/g)?.map(() => 1) ?? []
    const plan = scene.database.all<{ detail: string }>(`EXPLAIN QUERY PLAN ${sql}`, ...values).map(({ detail }) => detail)
    assert(plan.every((step) => step.startsWith('SEARCH') && /PRIMARY KEY|ops_by_time/.test(step)), `${sql}: ${plan.join(', ')}`)
  }
})
