import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { gunzipSync, gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { isGgenError } from '#core'
import { type FormJob, makeForm } from './document-forms.ts'
import { parseNpmName } from './npm-name.ts'
import { abbreviate, isSignedThroughout, modifiedAt, readPackageDocument, tarballPath, withTarballsAt } from './package-document.ts'
import { decodeIndex, encodeIndex, indexVersions, versionOfFile } from './version-index.ts'

const name = parseNpmName('@scope/tool')
const sha512 = `sha512-${'A'.repeat(86)}==`
const manifest = (version: string, more: object = {}) => ({
  name, version, description: 'long', scripts: { postinstall: 'x' }, dependencies: { a: '^1' },
  dist: { tarball: `https://registry.example/@scope/tool/-/tool-${version}.tgz`, integrity: sha512 }, ...more,
})
const full = {
  name, 'dist-tags': { latest: '1.0.0' }, time: { modified: '2026-01-02T03:04:05.000Z', '1.0.0': '2026-01-01T00:00:00.000Z' }, readme: 'long',
  versions: { '1.0.0': manifest('1.0.0') },
}
const read = (document: unknown) => readPackageDocument(JSON.stringify(document), name)
const isOdd = (error: unknown): boolean => isGgenError(error, 'registry-failed')

describe('readPackageDocument', () => {
  it('refuses what is no document of this package', () => {
    const oddVersions = [[], { '1.0.0': {} }, { '1.0.0': { dist: {} } }].map((versions) => ({ ...full, versions }))
    const odd = [null, [], 'x', {}, { ...full, name: 'other' }, ...oddVersions]
    for (const document of odd) assert.throws(() => read(document), isOdd)
    assert.throws(() => readPackageDocument('{', name), isOdd)
  })

  it('throws nothing else, whatever it is given', () => {
    fc.assert(fc.property(fc.json(), (json) => {
      try {
        readPackageDocument(json, name)
      } catch (error) {
        assert.ok(isOdd(error))
      }
    }))
  })

  it('says when it was changed, and whether every version is signed', () => {
    assert.equal(modifiedAt(read(full)), Date.UTC(2026, 0, 2, 3, 4, 5))
    assert.equal(modifiedAt(read({ ...full, time: undefined })), undefined)
    const signed = manifest('1.0.0', { dist: { ...manifest('1.0.0').dist, signatures: [{ keyid: 'k', sig: 's' }] } })
    assert.equal(isSignedThroughout(read({ ...full, versions: { '1.0.0': signed } })), true)
    assert.equal(isSignedThroughout(read({ ...full, versions: { '1.0.0': signed, '2.0.0': manifest('2.0.0') } })), false)
    assert.equal(isSignedThroughout(read({ ...full, versions: {} })), false)
  })
})

describe('The forms of a document', () => {
  it('has for installs what they need, and says which packages have install scripts', () => {
    const short = abbreviate(read(full))
    assert.deepEqual(short, {
      name, 'dist-tags': { latest: '1.0.0' }, modified: '2026-01-02T03:04:05.000Z',
      versions: { '1.0.0': { name, version: '1.0.0', dependencies: { a: '^1' }, dist: manifest('1.0.0').dist, hasInstallScript: true } },
    })
    assert.equal(abbreviate(short), short, 'there is no more in it')
  })

  it('has the archives where it is told, and everything else as it was', () => {
    const moved = withTarballsAt(read(full), 'http://127.0.0.1:4003/npm/')
    assert.equal(moved.versions['1.0.0']?.dist.tarball, `http://127.0.0.1:4003/npm/${tarballPath(name, '1.0.0')}`)
    assert.deepEqual({ ...moved, versions: 0 }, { ...full, versions: 0 })
  })

  it('hands the whole document on byte for byte where nothing is to be changed', () => {
    const text = ` ${JSON.stringify(full)}\n`
    const job: FormJob = { name, bytes: Buffer.from(text), isGzip: false, isAbbreviated: false, tarballsAt: 'upstream' }
    const { proofs, ...made } = makeForm(job)
    assert.equal(gunzipSync(made.gzip).toString(), text)
    assert.ok(proofs, 'what was signed is noted when it comes')
    assert.deepEqual(makeForm({ ...job, bytes: gzipSync(text), isGzip: true }), made)
    assert.notEqual(makeForm({ ...job, tarballsAt: { base: 'http://127.0.0.1:4003/npm/' } }).etag, made.etag)
  })
})

describe('The index of versions', () => {
  it('knows what the bytes of each version must be, and takes broken hashes for none', () => {
    const broken = { tarball: 'x', integrity: 'sha512-short', shasum: '0'.repeat(40) }
    const versions = { '1.0.0': manifest('1.0.0'), '2.0.0': manifest('2.0.0', { dist: broken }), '3.0.0': manifest('3.0.0', { dist: { tarball: 'y' } }) }
    const index = indexVersions(read({ ...full, versions }))
    const known = [...index].map(([version, { integrity }]) => [version, integrity?.slice(0, 6)])
    assert.deepEqual(known, [['1.0.0', 'sha512'], ['2.0.0', 'sha1-A'], ['3.0.0', undefined]])
    assert.deepEqual(decodeIndex(encodeIndex(index)), index)
    const unproven = indexVersions(read({ ...full, versions }), new Map([['1.0.0', { keyid: 'k', sig: 's' }]]))
    assert.deepEqual(unproven.get('1.0.0')?.unproven, { keyid: 'k', sig: 's' })
    assert.deepEqual(decodeIndex(encodeIndex(unproven)), unproven)
  })

  it('reads versions from the names of files, of this package alone', () => {
    const files = ['tool-1.0.0.tgz', 'tool-1.0.0-rc.1.tgz', 'tool-.tgz', 'other-1.0.0.tgz', 'tool-1.0.0.zip']
    assert.deepEqual(files.map((file) => versionOfFile(name, file)), ['1.0.0', '1.0.0-rc.1', undefined, undefined, undefined])
  })
})
