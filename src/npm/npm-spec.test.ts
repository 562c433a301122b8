import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { GgenError, isGgenError } from '#core'
import { parseNpmSpec } from './npm-spec.ts'

describe('a package as people name it', () => {
  it('has a name, and what is wanted of it', () => {
    assert.deepEqual(['a', 'a@', '@s/a', 'a@1.2.3', '@s/a@^1 || >=3 <4', 'a@next'].map((text) => Object.values(parseNpmSpec(text))), [
      ['a', 'latest'], ['a', 'latest'], ['@s/a', 'latest'], ['a', '1.2.3'], ['@s/a', '^1 || >=3 <4'], ['a', 'next'],
    ])
  })

  it('is nothing else', () => {
    for (const text of ['', '@', '@s', 'a b', '../a', '@s/a/b']) assert.throws(() => parseNpmSpec(text), (error) => isGgenError(error, 'name-invalid'), text)
    for (const text of ['a@../b', 'a@http://x', 'a@1\n2', `a@${'1'.repeat(300)}`]) {
      assert.throws(() => parseNpmSpec(text), (error) => isGgenError(error, 'range-invalid'), text)
    }
    fc.assert(fc.property(fc.string({ unit: fc.constantFrom('a', '@', '/', '1', '.', ' ', '^', '\n', '%') }), (text) => {
      try {
        const { name, wanted } = parseNpmSpec(text)
        assert.deepEqual(parseNpmSpec(`${name}@${wanted}`), { name, wanted })
      } catch (error) {
        assert.ok(error instanceof GgenError && ['name-invalid', 'range-invalid'].includes(error.code))
      }
    }))
  })
})
