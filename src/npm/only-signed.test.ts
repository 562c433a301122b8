import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { seeded } from '#testing'
import { parseShasum } from './integrity.ts'
import { parseNpmName } from './npm-name.ts'
import { parseNpmVersion } from './npm-version.ts'
import { onlySigned, type SignedManifest } from './only-signed.ts'
import { makeSigningKey, signVersion, toRegistryKey } from './signing-key.ts'

const OURS = makeSigningKey(seeded('1'))
const KEYS = [toRegistryKey(OURS)]
const SHASUM = 'a'.repeat(40)

const signed = (version: string, { name = 'thing', integrity = 'sha512-abc' } = {}): SignedManifest => {
  const signature = signVersion({ name: parseNpmName(name), version: parseNpmVersion(version), integrity }, OURS)
  return { name, version, dist: { integrity, signatures: [signature] } }
}
const moved = (manifest: SignedManifest, to: SignedManifest): SignedManifest => ({ ...manifest, ...to })

const HOW = {
  signed: (version: string): SignedManifest => signed(version),
  'without its own name': (version: string): SignedManifest => ({ dist: signed(version).dist ?? {} }),
  'by SHA-1 alone': (version: string): SignedManifest => {
    const { dist } = signed(version, { integrity: parseShasum(SHASUM) })
    return { dist: { shasum: SHASUM, signatures: dist?.signatures ?? [] } }
  },
  unsigned: (version: string): SignedManifest => ({ name: 'thing', version, dist: { integrity: 'sha512-abc' } }),
  'without archive': (version: string): SignedManifest => ({ name: 'thing', version }),
  'without integrity': (version: string): SignedManifest => ({ dist: { shasum: 'x', signatures: signed(version).dist?.signatures ?? [] } }),
  'of another package': (version: string): SignedManifest => moved(signed(version, { name: 'other' }), { name: 'thing' }),
  'of another version': (version: string): SignedManifest => moved(signed('9.9.9'), { version }),
  'that calls itself another version': (version: string): SignedManifest => moved(signed(version), { version: '9.9.9' }),
  'that calls itself another package': (version: string): SignedManifest => moved(signed(version), { name: 'other' }),
} satisfies Record<string, (version: string) => SignedManifest>
type Kind = keyof typeof HOW
const KINDS = Object.keys(HOW) as readonly Kind[]
const GOOD: readonly Kind[] = ['signed', 'without its own name', 'by SHA-1 alone']

describe('a document with only what its registry signed', () => {
  it('has those versions, their times and the tags that lead to them, and everything else as it was', () => {
    fc.assert(fc.property(fc.array(fc.constantFrom(...KINDS), { maxLength: 12 }), (kinds) => {
      const numbered = kinds.map((kind, index) => [`1.0.${index}`, kind] as const)
      const document = {
        name: 'thing', readme: 'x',
        versions: Object.fromEntries(numbered.map(([version, kind]) => [version, HOW[kind](version)])),
        'dist-tags': Object.fromEntries([...numbered.map(([version]) => [`at-${version}`, version]), ['gone', '7.0.0']]),
        time: Object.fromEntries([...numbered.map(([version]) => [version, '2024-01-01T00:00:00.000Z']), ['created', '2020'], ['0.1.0', '2020']]),
      }
      const good = numbered.filter(([, kind]) => GOOD.includes(kind)).map(([version]) => version)
      const { document: left, droppedCount } = onlySigned(document, KEYS)
      assert.equal(droppedCount, numbered.length - good.length)
      assert.deepEqual(Object.keys(left.versions), good)
      assert.ok(good.every((version) => left.versions[version] === document.versions[version]))
      assert.deepEqual(left['dist-tags'], Object.fromEntries(good.map((version) => [`at-${version}`, version])))
      assert.deepEqual(Object.keys(left.time), [...good, 'created', '0.1.0'])
      assert.deepEqual([left.name, left.readme], ['thing', 'x'])
      assert.deepEqual(onlySigned(left, KEYS), { document: left, droppedCount: 0 })
      assert.deepEqual(onlySigned(document, []).droppedCount, numbered.length)
    }))
  })

  it('has no version that was published after the key expired', () => {
    const keys = KEYS.map((key) => ({ ...key, expiresAtMs: Date.UTC(2025, 0, 1) }))
    const document = {
      name: 'thing', 'dist-tags': {}, versions: { '1.0.0': signed('1.0.0'), '1.0.1': signed('1.0.1'), '1.0.2': signed('1.0.2') },
      time: { '1.0.0': '2024-12-31T00:00:00.000Z', '1.0.1': '2025-01-01T00:00:00.000Z' },
    }
    assert.deepEqual(Object.keys(onlySigned(document, keys).document.versions), ['1.0.0', '1.0.2'])
  })

  it('has nothing where a version or the package has no valid name', () => {
    const versions = { '1.0': signed('1.0.0'), ['__proto__']: signed('1.0.0') }
    assert.deepEqual(onlySigned({ name: 'thing', versions, 'dist-tags': {} }, KEYS).document.versions, {})
    assert.deepEqual(onlySigned({ name: '../x', versions: { '1.0.0': signed('1.0.0') }, 'dist-tags': {} }, KEYS).droppedCount, 1)
  })
})
