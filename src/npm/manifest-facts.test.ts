import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { binOf, bundledOf, contradictions, scriptsOf } from './manifest-facts.ts'
import { parseNpmName } from './npm-name.ts'

const name = parseNpmName('@acme/thing')
const ARCHIVED = {
  name, version: '1.0.0', dependencies: { a: '^1' }, optionalDependencies: { o: '1' }, peerDependencies: { p: '>=1' }, bin: './cli.js',
  bundledDependencies: true, scripts: { postinstall: 'node x.js', test: 'x' }, os: ['linux'], cpu: 'x64',
}
const compare = (said: object, isNative = false, archived: object = ARCHIVED) => contradictions(name, { ...said }, { manifest: { ...archived }, isNative })

describe('what a client says of a package', () => {
  it('may be spelt in another way than in its archive', () => {
    assert.deepEqual(compare({
      ...ARCHIVED, dependencies: { a: '^1', o: '1' }, bin: { '@acme/thing': 'cli.js' }, bundledDependencies: undefined, bundleDependencies: ['a'],
      os: 'linux', cpu: ['x64'], readme: 'long', _id: 'x', dist: {}, scripts: { postinstall: 'node x.js' },
    }), [])
    const native = { name, version: '1.0.0' }
    assert.deepEqual(compare({ ...native, scripts: { install: 'node-gyp rebuild' }, gypfile: true }, true, native), [])
  })

  it('must be what the archive says in everything that decides which code comes and runs', () => {
    const lies: readonly (readonly [string, object])[] = [
      ['name', { name: '@acme/other' }], ['version', { version: '1.0.1' }], ['dependencies', { dependencies: { a: '^1', evil: '1' } }],
      ['dependencies', { dependencies: {} }], ['dependencies', { dependencies: { a: '^2' } }], ['optionalDependencies', { optionalDependencies: { o: '2' } }],
      ['peerDependencies', { peerDependencies: {} }], ['peerDependenciesMeta', { peerDependenciesMeta: { p: { optional: true } } }],
      ['bundleDependencies', { bundledDependencies: false }], ['bin', { bin: { npm: 'cli.js' } }], ['bin', { bin: 'evil.js' }], ['bin', { bin: undefined }],
      ['scripts', { scripts: {} }], ['scripts', { scripts: { postinstall: 'node y.js' } }], ['scripts', { scripts: { ...ARCHIVED.scripts, preinstall: 'x' } }],
      ['scripts', { scripts: { ...ARCHIVED.scripts, install: 'node-gyp rebuild' } }],
      ['os', { os: ['darwin'] }], ['cpu', { cpu: [] }], ['libc', { libc: ['musl'] }],
    ]
    for (const [field, lie] of lies) assert.ok(compare({ ...ARCHIVED, ...lie }).includes(field), JSON.stringify(lie))
  })

  it('never contradicts itself, and is read whatever it is', () => {
    const fields = fc.constantFrom('bin', 'scripts', 'dependencies', 'bundledDependencies', 'os', 'gypfile')
    fc.assert(fc.property(fc.dictionary(fields, fc.jsonValue()), fc.boolean(), (manifest, isNative) => {
      assert.deepEqual(contradictions(name, manifest, { manifest, isNative }), [])
    }))
  })

  it('names commands, bundled packages and scripts in several ways', () => {
    assert.deepEqual([binOf(name, 'x.js'), binOf(name, { a: 'b', c: 1 }), binOf(name, 7)], [{ thing: 'x.js' }, { a: 'b' }, undefined])
    const bundled = [{ bundleDependencies: ['a'] }, { bundledDependencies: true, dependencies: { b: '1' } }, {}]
    assert.deepEqual(bundled.map(bundledOf), [['a'], ['b'], undefined])
    assert.deepEqual(scriptsOf({ manifest: {}, isNative: true }), { install: 'node-gyp rebuild' })
    assert.deepEqual(scriptsOf({ manifest: { gypfile: false }, isNative: true }), {})
  })
})
