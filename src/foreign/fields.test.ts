import assert from 'node:assert/strict'
import { it } from 'node:test'
import { countIn, isTable, textIn, textsIn } from './fields.ts'

it('takes from a table only what is its own and of the right kind', () => {
  const table = JSON.parse('{"a":"","b":"x","c":[1,"y"],"d":3,"e":-1,"f":1.5}') as Record<string, unknown>
  assert.deepEqual([textIn(table, 'a', 'b'), textIn(table, 'toString'), textIn(table, 'd')], ['x', undefined, undefined])
  assert.deepEqual([textsIn(table, 'c'), textsIn(table, 'b')], [['y'], []])
  assert.deepEqual(['d', 'e', 'f', 'b', 'length'].map((key) => countIn(table, key)), [3, undefined, undefined, undefined, undefined])
  assert.deepEqual([[], null, new Date(0), 'x', {}].map(isTable), [false, false, false, false, true])
})
