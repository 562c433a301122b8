import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { GgenError, parseVersion } from '#core'
import { Gatherer } from './gather.ts'
import { describeEntry } from './read-entry.ts'

describe('what is gathered out of an index', () => {
  it('joins entries of one name, newest version first, packages by name', () => {
    const gatherer = new Gatherer()
    for (const [name, version] of [['b', '1.0.0'], ['a', '1.0.0'], ['b', '1.2.0']] as const) {
      gatherer.add(name, () => ({ described: describeEntry({ name }), versions: [[version, () => ({ version: parseVersion(version) })]] }))
    }
    const found = gatherer.finish().packages.map(({ name, versions }) => [name, versions.map(({ version }) => version)])
    assert.deepEqual(found, [['a', ['1.0.0']], ['b', ['1.2.0', '1.0.0']]])
  })

  it('passes on what is no fault of an entry', () => {
    assert.throws(() => new Gatherer().add('x', () => { throw new GgenError('internal', 'a defect') }), /a defect/)
  })
})
