import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { PackageName } from '#core'
import { OptionalNames } from './optional-names.ts'
import type { Choice } from './trail.ts'
import { Variable } from './universe.ts'

test('After any choices and ways back, the names are those of what is chosen', () => {
  const variables = ['a', 'b', 'c', 'd'].map((name, order) => new Variable(name as PackageName, order, { candidates: [] }))
  const namesOf = ({ variable, index }: Choice): PackageName[] => [`${variable.name}${index}`, 'shared'] as PackageName[]
  const moves = fc.array(fc.tuple(fc.nat(4), fc.array(fc.tuple(fc.constantFrom(...variables), fc.nat(2)), { maxLength: 4 })))
  fc.assert(fc.property(moves, (all) => {
    const optional = new OptionalNames()
    const choices: Choice[] = []
    for (const [back, ahead] of all) {
      choices.splice(Math.max(0, choices.length - back))
      choices.push(...ahead.map(([variable, index]) => ({ variable, index })))
      optional.follow(choices, namesOf)
      assert.deepEqual([...optional.names()].sort(), [...new Set(choices.flatMap(namesOf))].sort())
    }
  }))
})
