import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { PackageName } from '#core'
import { findCycles } from './find-cycles.ts'

const needsOf = (table: Readonly<Record<string, readonly string[]>>): ReadonlyMap<PackageName, readonly PackageName[]> =>
  new Map(Object.entries(table).map(([name, needed]) => [name as PackageName, needed as readonly PackageName[]]))

test('One ring is shown for each group of packages that need each other, the shortest through the first name', () => {
  assert.deepEqual(findCycles(needsOf({ a: ['b'], b: ['c'], c: [] })), [])
  assert.deepEqual(findCycles(needsOf({ z: ['y'], y: ['z', 'x'], x: ['x'], c: ['b', 'd'], d: ['b'], b: ['c'] })), [['b', 'c'], ['x'], ['y', 'z']])
  assert.deepEqual(findCycles(needsOf({ a: ['b'], b: ['c'], c: ['b', 'd'], d: ['a'] })), [['a', 'b', 'c', 'd']])
})

test('Every ring is one, and only packages in no ring are in none', () => {
  const names = ['a', 'b', 'c', 'd', 'e']
  const graphs = fc.record(Object.fromEntries(names.map((name) => [name, fc.uniqueArray(fc.constantFrom(...names))])))
  fc.assert(fc.property(graphs, (graph) => {
    const cycles = findCycles(needsOf(graph))
    for (const ring of cycles) ring.forEach((name, index) => assert(graph[name]?.includes(ring[(index + 1) % ring.length] ?? ''), ring.join(' ')))
    const reach = (start: string): ReadonlySet<string> => {
      const reached = new Set(graph[start])
      for (const name of reached) for (const next of graph[name] ?? []) reached.add(next)
      return reached
    }
    assert.equal(cycles.length > 0, names.some((name) => reach(name).has(name)))
  }))
})

test('A chain of ten thousand is walked without going deep', () => {
  const chain = Object.fromEntries(Array.from({ length: 10_000 }, (_, index) => [`p${index}`, [`p${(index + 1) % 10_000}`]]))
  assert.equal(findCycles(needsOf(chain))[0]?.length, 10_000)
})
