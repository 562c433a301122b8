import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { compare, prerelease } from 'semver'
import { leaveOut, publishedAt } from './leave-out.ts'
import { parseNpmName } from './npm-name.ts'
import { type PackageDocument, readPackageDocument } from './package-document.ts'

const name = parseNpmName('tool')
const documentOf = (versions: readonly string[], tags: Readonly<Record<string, string>>): PackageDocument => readPackageDocument(JSON.stringify({
  name, 'dist-tags': tags, readme: 'r',
  time: { created: '2020-01-01T00:00:00Z', ...Object.fromEntries(versions.map((version) => [version, '2020-01-02T00:00:00Z'])) },
  versions: Object.fromEntries(versions.map((version) => [version, { name, version, dist: { tarball: `https://r.example/${version}.tgz` } }])),
}), name)
const without = (document: PackageDocument, ...gone: readonly string[]): PackageDocument => leaveOut(document, new Set(gone))
const tags = (document: PackageDocument): unknown => document['dist-tags']

describe('a document without some of its versions', () => {
  it('says nothing of them, and everything else as it was', () => {
    const left = without(documentOf(['1.0.0', '2.0.0'], { latest: '1.0.0' }), '2.0.0')
    assert.deepEqual([Object.keys(left.versions), tags(left), left['readme']], [['1.0.0'], { latest: '1.0.0' }, 'r'])
    assert.deepEqual(left['time'], { created: '2020-01-01T00:00:00Z', '1.0.0': '2020-01-02T00:00:00Z' })
    assert.deepEqual([publishedAt(left, '1.0.0'), publishedAt(left, '2.0.0')], [Date.UTC(2020, 0, 2), undefined])
    const whole = documentOf(['1.0.0'], { latest: '1.0.0' })
    assert.equal(without(whole), whole)
  })

  it('has tags that lead to the highest version below, as npm takes it before a time', () => {
    const versions = ['1.0.0', '1.2.0', '2.0.0-beta.1', '2.0.0-beta.2', '2.0.0', '3.0.0-rc.1']
    const document = documentOf(versions, { latest: '2.0.0', next: '3.0.0-rc.1', beta: '2.0.0-beta.2', old: '1.0.0' })
    assert.deepEqual(tags(without(document, '2.0.0')), { latest: '1.2.0', next: '3.0.0-rc.1', beta: '2.0.0-beta.2', old: '1.0.0' })
    assert.deepEqual(tags(without(document, '3.0.0-rc.1', '2.0.0-beta.2', '1.0.0')), { latest: '2.0.0', next: '2.0.0', beta: '2.0.0-beta.1' })
    assert.deepEqual(tags(without(document, ...versions)), {})
  })

  it('has a latest as long as it has a version, which is there', () => {
    const anyVersion = fc.tuple(fc.nat(2), fc.nat(2), fc.option(fc.nat(2))).map(([a, b, pre]) => `${a}.${b}.0${pre === null ? '' : `-rc.${pre}`}`)
    fc.assert(fc.property(fc.uniqueArray(anyVersion, { minLength: 1, maxLength: 8 }), fc.array(fc.nat(7)), fc.nat(7), (versions, gone, at) => {
      const latest = versions[at % versions.length] ?? ''
      const dropped = new Set(gone.map((one) => versions[one % versions.length] ?? ''))
      const left = leaveOut(documentOf(versions, { latest }), dropped)
      const kept = versions.filter((version) => !dropped.has(version))
      const chosen = (left['dist-tags'] as { readonly latest?: string }).latest
      assert.deepEqual(Object.keys(left.versions).toSorted(), kept.toSorted())
      assert.equal(chosen === undefined, kept.length === 0)
      if (chosen === undefined || chosen === latest) return
      assert.ok(kept.includes(chosen))
      const stableBelow = kept.filter((version) => prerelease(version) === null && compare(version, latest) < 0)
      for (const version of stableBelow) assert.ok(compare(version, chosen) <= 0)
    }))
  })
})
