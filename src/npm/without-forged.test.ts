import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { NPM_LIMITS } from '#core'
import { seeded } from '#testing'
import { NPM_TEXT_LIMITS } from './npm-limits.ts'
import { parseNpmName } from './npm-name.ts'
import { type NpmVersion, parseNpmVersion } from './npm-version.ts'
import { type PackageDocument, readPackageDocument } from './package-document.ts'
import { makeSigningKey, signVersion, toRegistryKey } from './signing-key.ts'
import { withoutForged } from './without-forged.ts'

const [ours, theirs] = [makeSigningKey(seeded('1')), makeSigningKey(seeded('2'))]
const KEYS = [toRegistryKey(ours)]
const name = parseNpmName('tool')
const v = (text: string): NpmVersion => parseNpmVersion(text)
const integrityOf = (version: string): string => `sha512-${version}`
const signed = (version: string, by = ours, integrity = integrityOf(version)) => [signVersion({ name, version: v(version), integrity }, by)]

const documentOf = (versions: Readonly<Record<string, object>>, more: object = {}): PackageDocument => readPackageDocument(JSON.stringify({
  name, 'dist-tags': { latest: Object.keys(versions).at(-1) },
  versions: Object.fromEntries(Object.entries(versions).map(([version, dist]) =>
    [version, { name, version, ...more, dist: { tarball: 'https://r.example/x.tgz', integrity: integrityOf(version), ...dist } }])),
}), name)

const forgedIn = (dist: object, more: object = {}): string | undefined => withoutForged(documentOf({ '1.0.0': dist }, more), KEYS).forged[0]?.verdict

describe('a document without what its registry did not sign as it is', () => {
  it('keeps what is signed and what nobody signed, and leaves out the rest', () => {
    const document = documentOf({
      '1.0.0': { signatures: signed('1.0.0') }, '1.1.0': {}, '1.2.0': { signatures: signed('1.2.0', theirs) },
      '1.3.0': { signatures: signed('1.0.0') }, '1.4.0': { signatures: signed('1.4.0'), integrity: 'sha512-other' },
    })
    const { document: left, forged } = withoutForged(document, KEYS)
    assert.deepEqual(Object.keys(left.versions), ['1.0.0', '1.1.0'])
    assert.deepEqual(left['dist-tags'], { latest: '1.1.0' })
    assert.deepEqual(forged, [{ version: '1.2.0', verdict: 'unknown-key' }, { version: '1.3.0', verdict: 'wrong' }, { version: '1.4.0', verdict: 'wrong' }])
  })

  it('takes the SHA-1 of old versions for their integrity, as npm does', () => {
    const shasum = 'ab'.repeat(20)
    const integrity = `sha1-${Buffer.from(shasum, 'hex').toString('base64')}`
    assert.equal(forgedIn({ integrity: undefined, shasum, signatures: signed('1.0.0', ours, integrity) }), undefined)
    assert.equal(forgedIn({ integrity: undefined, shasum: 'cd'.repeat(20), signatures: signed('1.0.0', ours, integrity) }), 'wrong')
  })

  it('leaves out what calls itself something else, and signatures that are none', () => {
    const signatures = signed('1.0.0')
    assert.equal(forgedIn({ signatures }, { version: '2.0.0' }), 'wrong')
    assert.equal(forgedIn({ signatures }, { name: 'other' }), 'wrong')
    for (const odd of ['x', {}, [7], [{ keyid: 'k' }], [{ sig: 's' }], [null], Array.from({ length: NPM_TEXT_LIMITS.signatures + 1 }, () => signatures[0])]) {
      assert.equal(forgedIn({ signatures: odd }), 'wrong', JSON.stringify(odd).slice(0, 80))
    }
    assert.equal(forgedIn({ signatures: null }), undefined)
  })

  it('counts the expiry of a key against the time of publishing', () => {
    const both = documentOf({ '1.0.0': { signatures: signed('1.0.0') }, '2.0.0': { signatures: signed('2.0.0') } })
    const document = { ...both, time: { '1.0.0': '2024-01-01T00:00:00Z', '2.0.0': '2026-01-01T00:00:00Z' } }
    const keys = KEYS.map((key) => ({ ...key, expiresAtMs: Date.UTC(2025, 0, 1) }))
    assert.deepEqual(withoutForged(document, keys).forged, [{ version: '2.0.0', verdict: 'expired-key' }])
  })

  it('leaves the mathematics of old versions for later, where everything else is as it should be', () => {
    const hash = (text: string): string => `sha512-${createHash('sha512').update(text).digest('base64')}`
    const versions = Array.from({ length: NPM_LIMITS.provenAtOnce + 6 }, (_, minor) => `1.${minor}.0`)
    const dists = Object.fromEntries(versions.map((version): [string, Record<string, unknown>] =>
      [version, { integrity: hash(version), signatures: signed(version, ours, hash(version)) }]))
    const [lied, tagged, twice, expired, renamed, usual] = versions.map((version) => dists[version] ?? {})
    const wrong = signed('9.9.9', ours, hash('9.9.9'))
    for (const one of [lied, tagged]) Object.assign(one ?? {}, { signatures: wrong })
    Object.assign(twice ?? {}, { signatures: [...wrong, ...wrong] })
    Object.assign(expired ?? {}, { signatures: wrong })
    Object.assign(renamed ?? {}, { integrity: `${hash('1.4.0')} ` })
    const document = documentOf(dists)
    const known = { ...document, 'dist-tags': { latest: versions.at(-1), old: '1.1.0' }, time: { '1.3.0': '2026-01-01T00:00:00Z' } }
    const keys = KEYS.map((key) => ({ ...key, expiresAtMs: Date.UTC(2025, 0, 1) }))
    const { document: left, forged, unproven } = withoutForged(known, keys)
    assert.ok(usual)
    assert.deepEqual(forged.map(({ version }) => version), ['1.1.0', '1.2.0', '1.3.0', '1.4.0'])
    assert.deepEqual([...unproven], [['1.0.0', wrong[0]], ['1.5.0', (usual['signatures'] as unknown[])[0]]])
    assert.deepEqual(Object.keys(left.versions), versions.filter((version) => !/^1\.[1-4]\.0$/.test(version)))
  })

  it('never keeps a version with a changed hash', () => {
    fc.assert(fc.property(fc.uniqueArray(fc.nat(20), { minLength: 1, maxLength: 6 }), fc.nat(5), fc.string({ minLength: 1 }), (minors, at, other) => {
      const changed = `1.${minors[at % minors.length]}.0`
      const document = documentOf(Object.fromEntries(minors.map((minor) => {
        const version = `1.${minor}.0`
        return [version, { signatures: signed(version), ...(version === changed && { integrity: `${integrityOf(version)}${other}` }) }]
      })))
      assert.deepEqual(withoutForged(document, KEYS).forged, [{ version: changed, verdict: 'wrong' }])
    }), { numRuns: 30 })
  })
})
