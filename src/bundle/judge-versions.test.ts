import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { isGgenError } from '#core'
import { makeSigningKey, signVersion, toRegistryKey, writeRegistryKeys } from '#npm'
import { seeded } from '#testing'
import { bytesOf, sampleBundle, SOURCE } from './bundle-samples.conformance.ts'
import { integrityOf } from './bundle-scene.conformance.ts'
import { judgeVersions } from './judge-versions.ts'

const KEY = makeSigningKey(seeded('registry'))
const NOBODY = { knownKeys: () => undefined, hasSigned: () => false }
const TRUSTING = { trustKeys: true }

/** A bundle whose versions are signed, and whose second registry has nothing in it. */
const signedBundle = (expires?: string) => {
  const { contents } = sampleBundle([bytesOf('one'), bytesOf('two')])
  const keys = JSON.parse(writeRegistryKeys([toRegistryKey(KEY)])) as { keys: { expires: string | null }[] }
  if (expires !== undefined) keys.keys = keys.keys.map((key) => ({ ...key, expires }))
  const versions = contents.versions.map((one) => {
    const said = { ...one, integrity: integrityOf(bytesOf('x')) }
    return { ...said, signatures: [signVersion(said, KEY)] }
  })
  return { ...contents, versions, registries: [{ source: SOURCE, isPrivate: false, keys: JSON.stringify(keys) }] }
}

describe('the versions of a bundle', () => {
  it('count where the registry signed them by keys that are known, or that the user takes', () => {
    const contents = signedBundle()
    const keys = contents.registries[0]?.keys
    for (const [known, word] of [[{ ...NOBODY, knownKeys: () => keys }, 'known'], [NOBODY, 'taken']] as const) {
      const { registries, proven, unproven } = judgeVersions(contents, known, { trustKeys: word === 'taken' })
      assert.deepEqual([registries.map((one) => one.keys), proven.length, unproven], [[word], 2, []])
    }
    assert.throws(() => judgeVersions(contents, NOBODY, { trustKeys: false }), (error) => isGgenError(error, 'keys-unknown'))
  })

  it('do not count by a key that was not in use any more', () => {
    const { proven, unproven } = judgeVersions(signedBundle('2019-01-01T00:00:00.000Z'), NOBODY, TRUSTING)
    // Of the second nobody says when it was published; then the expiry of a key says nothing, as with npm.
    assert.deepEqual(proven.map(({ name }) => name), ['@scope/part-1'])
    assert.deepEqual(unproven.map(({ version, code }) => [version.name, code]), [['@scope/part-0', 'keys-unknown']])
  })

  it('are refused by name where a signature is wrong, or an integrity is none', () => {
    const contents = signedBundle()
    const changed = (change: object) => ({ ...contents, versions: contents.versions.map((one, at) => (at === 1 ? { ...one, ...change } : one)) })
    for (const change of [{ integrity: integrityOf(bytesOf('y')) }, { integrity: 'none' }, { version: '9.9.9' }]) {
      const isRefusal = (error: unknown): boolean => isGgenError(error, 'bundle-broken') && error.message.includes('part-1')
      assert.throws(() => judgeVersions(changed(change) as never, NOBODY, TRUSTING), isRefusal)
    }
  })

  it('are refused where the keys in the bundle cannot be read', () => {
    const contents = { ...signedBundle(), registries: [{ source: SOURCE, isPrivate: false, keys: '{' }] }
    assert.throws(() => judgeVersions(contents, NOBODY, TRUSTING), (error) => isGgenError(error, 'bundle-broken'))
  })
})
