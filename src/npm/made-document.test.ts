import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { compare, prerelease } from 'semver'
import { type MadeVersion, makeDocument, tagsOf } from './made-document.ts'
import { parseNpmName } from './npm-name.ts'
import { type NpmVersion, parseNpmVersion } from './npm-version.ts'
import { abbreviate, readPackageDocument, withTarballsAt } from './package-document.ts'

const name = parseNpmName('@acme/thing')
const v = (text: string): NpmVersion => parseNpmVersion(text)
const AT = Date.UTC(2026, 0, 1)

const version = (text: string, manifest: Record<string, unknown> = {}, more: Partial<MadeVersion> = {}): MadeVersion => ({
  version: v(text), manifest: { name, version: text, ...manifest }, isNative: false, hasShrinkwrap: false, integrity: 'sha512-x', signatures: [], at: AT,
  ...more,
})

const made = (versions: readonly MadeVersion[]) =>
  makeDocument({ name, versions, tags: tagsOf(versions.map((one) => one.version)), maintainers: [{ name: 'acme', email: '' }] })

describe('a document that is made from archives', () => {
  it('is one that registries could have sent, and lies where it is asked for', () => {
    const document = made([version('1.0.0', { dependencies: { a: '^1' }, description: 'old' }), version('1.1.0', { description: 'new' })])
    const read = withTarballsAt(abbreviate(readPackageDocument(JSON.stringify(document), name)), 'http://127.0.0.1:1/npm/')
    assert.deepEqual(read.versions['1.0.0'], {
      name, version: '1.0.0', dependencies: { a: '^1' },
      dist: { integrity: 'sha512-x', tarball: 'http://127.0.0.1:1/npm/@acme/thing/-/thing-1.0.0.tgz' },
    })
    assert.equal(document['description'], 'new')
    assert.deepEqual(document['dist-tags'], { latest: '1.1.0' })
    assert.equal((document['time'] as Record<string, string>)['1.0.0'], '2026-01-01T00:00:00.000Z')
  })

  it('says nothing that only a registry may say, whatever the archive says', () => {
    const { versions } = made([version('1.0.0', {
      _id: 'x', dist: { tarball: 'http://elsewhere.example/' }, deprecated: 'no', hasInstallScript: false, readme: 'long', scripts: { postinstall: 'x' },
    })])
    const one = versions['1.0.0']
    assert.equal(one?.['_id'], '@acme/thing@1.0.0')
    assert.equal(one?.dist.tarball, '@acme/thing/-/thing-1.0.0.tgz')
    assert.equal(one?.['hasInstallScript'], true)
    assert.deepEqual([one?.['deprecated'], one?.['readme']], [undefined, undefined])
  })

  it('spells commands and bundled packages as clients read them, and builds what is native', () => {
    const { versions } = made([
      version('1.0.0', { bin: 'cli.js', bundledDependencies: true, dependencies: { a: '1' } }, { isNative: true, hasShrinkwrap: true }),
      version('1.0.1', { bin: { t: 'x.js', wrong: 7 }, gypfile: false }, { isNative: true, deprecated: 'use 2' }),
    ])
    const [first, second] = [versions['1.0.0'], versions['1.0.1']]
    assert.deepEqual(first?.['bin'], { thing: 'cli.js' })
    assert.deepEqual(first?.['bundleDependencies'], ['a'])
    assert.deepEqual([first?.['scripts'], first?.['hasInstallScript'], first?.['_hasShrinkwrap']], [{ install: 'node-gyp rebuild' }, true, true])
    assert.deepEqual([second?.['bin'], second?.['scripts'], second?.['deprecated']], [{ t: 'x.js' }, undefined, 'use 2'])
  })
})

const anyVersion = fc.record({
  parts: fc.tuple(fc.nat(3), fc.nat(3), fc.nat(3)), word: fc.option(fc.constantFrom('alpha', 'beta', 'rc', '0')), count: fc.nat(3),
}).map(({ parts, word, count }) => v(`${parts.join('.')}${word === null ? '' : `-${word}.${count}`}`))

describe('the tags of a package', () => {
  it('mean versions that are there; latest is the highest that is no pre-release, in whatever order they come', () => {
    fc.assert(fc.property(fc.uniqueArray(anyVersion, { minLength: 1 }), fc.dictionary(fc.constantFrom('latest', 'next'), anyVersion), (versions, said) => {
      const tags = tagsOf(versions, new Map(Object.entries(said)))
      assert.deepEqual(tagsOf(versions.toReversed(), new Map(Object.entries(said))), tags)
      for (const tagged of Object.values(tags)) assert.ok(versions.includes(v(tagged)))
      const { latest } = tagsOf(versions)
      const stable = versions.filter((one) => prerelease(one) === null)
      assert.ok((stable.length > 0 ? stable : versions).every((one) => compare(one, latest ?? '') <= 0))
    }))
  })

  it('are what their publisher says, as far as the versions are there', () => {
    const versions = [v('1.0.0'), v('2.0.0'), v('3.0.0-beta.1')]
    assert.deepEqual(tagsOf(versions, new Map([['latest', '1.0.0'], ['beta', '3.0.0-beta.1']])), { latest: '1.0.0', beta: '3.0.0-beta.1' })
    assert.deepEqual(tagsOf(versions, new Map([['latest', '9.0.0']])), { latest: '2.0.0' })
  })
})
