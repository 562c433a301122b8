import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { PackageName } from '#core'
import { misfitsOf, reachedFrom, wantedBy } from './lock-fit.ts'
import { locked } from './lock-samples.conformance.ts'

const manifest = (name: string, range: string) => [{ name: name as PackageName, range }]

describe('a lock and what a project asks for', () => {
  it('fit when everything wanted is there, and nothing else', () => {
    const ring = [locked('a', { wanted: '^1.0.0', needs: ['b@^2'] }), locked('b', { version: '2.1.0', needs: ['a@1', 'c@*'] })]
    assert.deepEqual(misfitsOf([...ring, locked('c', { version: '1.0.0-rc.1' })]), [])
    assert.deepEqual(misfitsOf([]), [])
  })

  it('do not fit when something is missing, too old, or idle', () => {
    const lock = [locked('a', { wanted: '^2', needs: ['b@^1', 'c@~2.1'] }), locked('c', { version: '2.2.0' }), locked('d', { needs: ['d@*'] })]
    assert.deepEqual(misfitsOf(lock), [
      'the project wants a ^2, and ggen.lock has 1.0.0',
      'a wants b ^1, and ggen.lock has none',
      'a wants c ~2.1, and ggen.lock has 2.2.0',
      'nothing wants d, and ggen.lock has it',
    ])
  })

  it('are compared with the manifest of the project, which goes before what the lock remembers', () => {
    const lock = [locked('a', { wanted: '^2' })]
    assert.deepEqual(misfitsOf(lock, manifest('a', '^1')), [])
    assert.deepEqual(misfitsOf(lock, manifest('b', '^1')), [
      'the project wants a ^2, and ggen.lock has 1.0.0', 'the project wants b ^1, and ggen.lock has none',
    ])
    assert.deepEqual(wantedBy(lock, [...manifest('b', '1'), ...manifest('a', '^1')]), [...manifest('a', '^1'), ...manifest('b', '1')])
  })
})

describe('what packages need', () => {
  it('is found through others and around a ring', () => {
    const lock = [locked('a', { needs: ['b@1'] }), locked('b', { needs: ['a@1', 'c@1'] }), locked('c'), locked('d', { needs: ['a@1'] })]
    assert.deepEqual([...reachedFrom(lock, ['a' as PackageName])].toSorted(), ['a', 'b', 'c'])
    assert.deepEqual([...reachedFrom(lock, ['x' as PackageName])], [])
  })
})
