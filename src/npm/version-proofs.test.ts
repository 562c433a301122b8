import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { NPM_LIMITS } from '#core'
import { parseNpmName } from './npm-name.ts'
import { readPackageDocument } from './package-document.ts'
import { decodeProofs, encodeProofs, proofsIn } from './version-proofs.ts'

const name = parseNpmName('tool')
const INTEGRITY = `sha512-${Buffer.alloc(64).toString('base64')}`
const proofs = (versions: readonly string[], dist: object = { integrity: INTEGRITY, signatures: [{ keyid: 'k', sig: 's', more: 1 }] }, time: object = {}) =>
  proofsIn(readPackageDocument(JSON.stringify({
    name, time, versions: Object.fromEntries(versions.map((version) => [version, { name, version, dist: { tarball: 'x', ...dist } }])),
  }), name))

describe('what a registry signed of the versions of a package', () => {
  it('is the newest first, pre-releases last, with the time where it is said', () => {
    const all = proofs(['1.0.0', '2.0.0-rc.1', '1.10.0', '1.9.0', 'odd'], undefined, { '1.10.0': '2026-01-01T00:00:00Z' })
    assert.deepEqual(all.map(({ version }) => version), ['1.10.0', '1.9.0', '1.0.0', '2.0.0-rc.1'])
    assert.deepEqual(all[0], { version: '1.10.0', integrity: INTEGRITY, signatures: [{ keyid: 'k', sig: 's' }], at: Date.UTC(2026, 0, 1) })
  })

  it('is nothing of what it did not sign', () => {
    for (const dist of [
      { integrity: INTEGRITY }, { signatures: [{ keyid: 'k', sig: 's' }] }, { integrity: INTEGRITY, signatures: 'no' },
      { integrity: 'sha512-x', signatures: [{ keyid: 'k', sig: 's' }] }, { shasum: 'ab'.repeat(20), signatures: [{ keyid: 'k', sig: 's' }] },
    ]) {
      assert.deepEqual(proofs(['1.0.0'], dist), [])
    }
  })

  it('has a bound, and comes back as it was kept', () => {
    const many = proofs(Array.from({ length: NPM_LIMITS.provenVersions + 5 }, (_, index) => `1.${index}.0`))
    assert.equal(many.length, NPM_LIMITS.provenVersions)
    fc.assert(fc.property(fc.uniqueArray(fc.nat(99)), (minors) => {
      const some = proofs(minors.map((minor) => `1.${minor}.0`))
      assert.deepEqual(decodeProofs(encodeProofs(some)), some)
    }))
  })
})
