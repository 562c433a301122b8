import assert from 'node:assert/strict'
import { it } from 'node:test'
import { FOREIGN_LIMITS } from './foreign-limits.ts'
import { readDependencies } from './read-dependencies.ts'

it('reads dependencies in every spelling, sorted, each once, and not without end', () => {
  const found = [{ name: 'a', range: '*' }, { name: 'b', range: '^1' }]
  const spelled = [['b@^1', 'a', 'a@2'], [{ id: 'b', range: '^1' }, { name: 'a' }], { b: '^1', a: 'latest' }]
  for (const dependencies of spelled) assert.deepEqual(readDependencies({ dependencies }), found)
  for (const dependencies of [undefined, 3, 'a', [3, null]]) assert.deepEqual(readDependencies({ dependencies }), [])
  assert.equal(readDependencies({ dependencies: Array.from({ length: 999 }, (_, place) => `p${place}`) }).length, FOREIGN_LIMITS.dependencies)
})
