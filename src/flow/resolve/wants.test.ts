import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { PackageName, Version } from '#core'
import type { Fact } from './clause.ts'
import { dependencyOf, wishOf } from './random-universe.conformance.ts'
import { Paths, wantsOf } from './wants.ts'

const wanted = (from: string, version: string, what: string): Fact =>
  ({ kind: 'dependency', from: from as PackageName, version: version as Version, dependency: dependencyOf(what) })

const FACTS: readonly Fact[] = [
  wanted('web', '2.0.0', 'base@^1'), wanted('app', '1.0.0', 'web@*'), wanted('web', '1.0.0', 'base@^1'), wanted('web', '1.0.0', 'base@^2'),
  { kind: 'wish', wish: wishOf('app@^1') },
]

test('Wants of several versions of a package are put together, those of the project first', () => {
  assert.deepEqual(wantsOf(FACTS), [
    { name: 'app', range: '^1', kind: 'needed' },
    { name: 'web', range: '*', kind: 'needed', by: { name: 'app', versions: ['1.0.0'] } },
    { name: 'base', range: '^1', kind: 'needed', by: { name: 'web', versions: ['2.0.0', '1.0.0'] } },
    { name: 'base', range: '^2', kind: 'needed', by: { name: 'web', versions: ['1.0.0'] } },
  ])
})

test('A package got into question on the shortest way from what the project asks for', () => {
  const longer = [wanted('zoo', '1.0.0', 'keeper@*'), wanted('keeper', '1.0.0', 'cage@*'), wanted('cage', '1.0.0', 'base@*')]
  const wants = wantsOf([...FACTS, wanted('base', '1.0.0', 'web@*'), { kind: 'wish', wish: wishOf('zoo@any') }, ...longer])
  assert.deepEqual(new Paths(wants).to('base' as PackageName), ['app', 'web', 'base'])
  assert.deepEqual(new Paths(wants).to('app' as PackageName), ['app'])
  assert.deepEqual(new Paths(wants).to('nobody' as PackageName), [])
})
