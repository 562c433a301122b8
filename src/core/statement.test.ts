import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Publisher } from '#testing'
import { parsePackageName } from './package-name.ts'
import { statementOf } from './statement.ts'

test('What an op says of somebody else is all of its body but the roles that it stands on', () => {
  const [alice, { identity: target }] = [new Publisher('alice'), new Publisher('bob')]
  assert.deepEqual(statementOf(alice.endorse(target, { why: 'x', expires: 5 })), { type: 'endorse', target, names: [], level: 'block', why: 'x', expires: 5 })
  const advisory = { type: 'advisory', target, name: parsePackageName('tool'), range: '<2', severity: 'low' }
  assert.deepEqual(statementOf(alice.advise(target, 'tool', { range: '<2', severity: 'low' })), advisory)
})
