import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type IdentityId, isGgenError, parsePackageName, parsePackageSpec } from '#core'
import type { PlanReply } from '#doors/control'
import type { ProjectState } from './project.ts'
import { IDENTITY, locked } from './project-scene.conformance.ts'
import { lockOf, wantedOf, wishesOf } from './project-wish.ts'

const stateOf = (lock: ProjectState['lock'], manifest?: ProjectState['manifest']): ProjectState =>
  ({ lock, isLocked: true, inPlace: new Map(), pathOf: (name) => name, ...(manifest !== undefined && { manifest }) })

const needs = (name: string, range: string, kind: 'needed' | 'optional' = 'needed') => ({ name: parsePackageName(name), range, kind })

const wanted = (state: ProjectState, ...specs: readonly string[]) => wantedOf(wishesOf(state, specs.map(parsePackageSpec)), new Map())

describe('what a project is to have', () => {
  it('is what its lock remembers, what its manifest says, and what its user asks for', () => {
    const state = stateOf([locked('a', '1.0.0', { wanted: '^1' }), locked('b', '1.0.0')], { file: 'ggen.toml', needs: [needs('c', '*', 'optional')] })
    assert.deepEqual(wanted(state, 'd@~2', `@${IDENTITY}/e`), [
      { spec: 'a@^1' }, { spec: 'c', optional: true }, { spec: 'd@~2' }, { spec: `@${IDENTITY}/e` },
    ])
    assert.deepEqual(wanted(state, 'a')[0], { spec: 'a' }, 'the user counts more than the lock')
    assert.deepEqual(wantedOf(wishesOf(state, []), new Map([[parsePackageName('a'), IDENTITY]]))[0], { spec: 'a@^1', trust: IDENTITY })
  })

  it('is changed where it stands', () => {
    const state = stateOf([], { file: 'ggen.toml', needs: [needs('c', '^1')] })
    assert.throws(() => wanted(state, 'c@^2'), (error) => isGgenError(error, 'usage'))
    assert.deepEqual(wanted(state, 'c'), [{ spec: 'c@^1' }])
    assert.deepEqual(wanted(state, 'c@^1'), [{ spec: 'c@^1' }])
  })

  it('becomes a lock that says who asked for what, in ranges of one line', () => {
    const specs = ['a', 'b@>=1 \n <3', 'c@1.0.0', 'e@latest'].map(parsePackageSpec)
    const state = stateOf([locked('d', '1.0.0', { wanted: '~1' })], { file: 'ggen.toml', needs: [needs('m', '*')] })
    const packages = ['a', 'b', 'c', 'd', 'e', 'm', 'x'].map((name) => {
      const { dependencies: _, ...rest } = locked(name, '1.2.0')
      const dependencies = [{ ...needs('x', '^1 ||  ^2'), version: rest.version }, needs('gone', '*', 'optional')]
      return { ...rest, identity: IDENTITY as IdentityId, dependencies, wantedBy: [], isLocked: false }
    })
    const lock = lockOf({ packages, left: [] } as PlanReply, wishesOf(state, specs))
    assert.deepEqual(lock.map(({ name, wanted: range }) => `${name} ${range}`), [
      'a ^1.2.0', 'b >=1 <3', 'c 1.0.0', 'd ~1', 'e ^1.2.0', 'm undefined', 'x undefined',
    ])
    assert.deepEqual(lock[0]?.dependencies, [{ name: 'x', range: '^1 || ^2' }])
  })
})
