import assert from 'node:assert/strict'
import { it } from 'node:test'
import { GgenError, isGgenError } from '#core'
import { isSet, parseTable, tableAt, textAt } from './table.ts'

const fault = (what: string): GgenError => new GgenError('lock-invalid', what)

it('a table is asked for what it holds itself, and nothing else', () => {
  const table = parseTable('{"a":{"b":"c"},"d":true,"e":1,"__proto__":{"f":"g"}}', fault)
  assert.deepEqual([textAt(tableAt(table, 'a'), 'b'), isSet(table, 'd'), isSet(table, 'e'), textAt(table, 'e')], ['c', true, false, undefined])
  assert.deepEqual([tableAt(table, 'toString'), tableAt(table, 'd'), textAt(table, 'f')], [{}, {}, undefined])
  for (const text of ['', '[]', 'null', '1', '{']) assert.throws(() => parseTable(text, fault), (error) => isGgenError(error, 'lock-invalid'))
})
