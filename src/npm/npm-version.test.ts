import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import semver from 'semver'
import { isGgenError, isVersion } from '#core'
import { isNpmVersion, parseNpmVersion } from './npm-version.ts'

const VALID = [
  '1.0.0', '0.0.0-20230101123456', '5.0.0-dev.20230101', '1.0.0-beta.1612345678901', '1.2.3+build', '1.0.0-rc.1+a-b.c', '0.0.0--', '9007199254740991.0.0',
  `1.0.0-${'a'.repeat(250)}`,
]
const INVALID = [
  '', '1', '1.0', 'v1.0.0', '=1.0.0', '1.0.0-', '1.0.0+', '01.0.0', '1.0.0-01', ' 1.0.0', '1.0.0 ', '1.0.0\n', 'latest', '9007199254740992.0.0', '1.0.0-a..b',
  '../1.0.0', `1.0.0-${'a'.repeat(251)}`, '1.0.0-é',
]

describe('a version of an npm package', () => {
  it('is SemVer, with times of many digits', () => {
    for (const version of VALID) assert.equal(parseNpmVersion(version), version)
  })

  it('is refused where it is anything else', () => {
    for (const version of INVALID) assert.throws(() => parseNpmVersion(version), (error) => isGgenError(error, 'version-invalid'), version)
  })

  it('is what npm itself takes for one, and every version of this network is one', () => {
    const part = fc.string({ unit: fc.constantFrom('0', '1', '9', 'a', '-', '.', '+', 'v'), maxLength: 12 })
    fc.assert(fc.property(fc.oneof(part, part.map((rest) => `1.0.0${rest}`), part.map((rest) => `1.0.0-${rest}`)), (text) => {
      const { version, raw } = semver.parse(text) ?? {}
      const isPlain = version !== undefined && raw === text && !text.startsWith('v')
      assert.equal(isNpmVersion(text), isPlain, text)
      if (isVersion(text)) assert.ok(isNpmVersion(text), text)
    }), { numRuns: 2000 })
  })
})
