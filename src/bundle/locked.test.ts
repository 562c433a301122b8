import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { isGgenError } from '#core'
import { readLocked } from './locked.ts'

const INTEGRITY = `sha512-${Buffer.alloc(64).toString('base64')}`

const npmLock = (packages: Readonly<Record<string, unknown>>): string =>
  JSON.stringify({ name: 'p', lockfileVersion: 3, packages: { '': { name: 'p' }, ...packages } })
const entry = (version: string, more: object = {}): object => ({ version, resolved: 'https://r.example/x.tgz', integrity: INTEGRITY, ...more })

const OWN = `version = 2

[[package]]
name = "io.ggen.tool"
version = "1.2.0"
source = "https://index.example/"
digest = "sha256:${'0'.repeat(64)}"
sha512 = "${INTEGRITY}"
size = 184
`

describe('what lock files of several projects name', () => {
  it('is read from any of them, each version once, and is optional where all can do without it', () => {
    const { versions, releases, leftOutCount } = readLocked([
      { path: '/one/package-lock.json', text: npmLock({ 'node_modules/a': entry('1.0.0', { optional: true }), 'node_modules/b': entry('2.0.0') }) },
      { path: '/two/package-lock.json', text: npmLock({ 'node_modules/a': entry('1.0.0'), 'node_modules/c': { resolved: 'c', link: true } }) },
      { path: '/two/ggen.lock', text: OWN },
    ])
    assert.deepEqual(versions.map(({ name, version, isOptional }) => [name, version, isOptional]), [['a', '1.0.0', undefined], ['b', '2.0.0', undefined]])
    assert.deepEqual(releases.map(({ name, version }) => [name, version]), [['io.ggen.tool', '1.2.0']])
    assert.equal(leftOutCount, 1)
  })

  it('must be something, and no other file', () => {
    assert.throws(() => readLocked([]), (error) => isGgenError(error, 'usage'))
    assert.throws(() => readLocked([{ path: 'package.json', text: '{}' }]), (error) => isGgenError(error, 'lock-invalid'))
  })
})
