import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { GgenError, type PackageName, type Version } from '#core'
import { explainConflict, type Explanation } from './explain-conflict.ts'
import { releasesOf, type Releases, settle, wishOf, worlds } from './random-universe.conformance.ts'
import type { Offer, ProjectWish } from './universe.ts'

const offersOf = (releases: Releases, refused: ReadonlyMap<string, GgenError>) => (name: PackageName): Offer => {
  const error = refused.get(name)
  if (error !== undefined) return { refused: error }
  const versions = releases.get(name)
  if (versions === undefined) return { refused: new GgenError('package-not-found', `nobody here knows a package named ${name}`) }
  return { candidates: [...versions].map(([version, wanted]) => ({ version: version as Version, isLeaf: wanted.length === 0 })) }
}

const explain = (releases: Releases, wishes: readonly ProjectWish[], refused: ReadonlyMap<string, GgenError> = new Map()): Explanation | undefined => {
  const settled = settle(releases, { wishes }, { refused })
  if (settled.type === 'solved') return undefined
  const whyNone = (name: PackageName, range: string | undefined): GgenError =>
    new GgenError('version-not-found', `${name} has no version in ${range ?? 'any range'}`)
  return explainConflict(settled.facts, { offerOf: offersOf(releases, refused), whyNone })
}

const explained = (releases: Releases, ...wishes: readonly string[]): Explanation => {
  const explanation = explain(releases, wishes.map(wishOf))
  assert(explanation !== undefined, 'there is a choice')
  return explanation
}

describe('explainConflict', () => {
  it('says who wants what, on which way, which versions there are, and which wishes could be given up', () => {
    const releases = releasesOf({
      web: { '2.1.0': ['base@^2'], '2.0.0': ['base@^2'] }, app: { '1.0.0': ['cli@^1'] }, cli: { '1.2.0': ['base@^1'] },
      base: { '2.0.0': [], '1.4.0': [], '1.3.0': [] },
    })
    const { error, relaxations } = explained(releases, 'web@any', 'app@^1')
    assert.equal(error.code, 'dependency-conflict')
    assert.equal(
      error.message,
      'no version of base suits everybody: cli 1.2.0 wants base@^1 (app → cli), web 2.1.0, 2.0.0 want base@^2; there are 2.0.0, 1.4.0, 1.3.0',
    )
    assert.deepEqual(error.details['versions'], ['2.0.0', '1.4.0', '1.3.0'])
    assert.deepEqual(relaxations, [{ from: 'cli', name: 'base' }, { from: 'web', name: 'base' }, { name: 'app' }])
  })

  it('says what the project itself wants, and what is wanted as a peer', () => {
    const releases = releasesOf({ plugin: { '1.0.0': ['host!@^1'] }, host: { '2.0.0': [], '1.0.0': [] } })
    const { error, relaxations } = explained(releases, 'plugin@any', 'host@^2')
    assert.equal(error.message, 'no version of host suits everybody: the project wants host@^2, plugin 1.0.0 wants host@^1 as a peer; there are 2.0.0, 1.0.0')
    assert.deepEqual(relaxations, [{ name: 'host' }, { from: 'plugin', name: 'host' }])
  })

  it('says why something cannot be had at all, and who wants it', () => {
    const releases = releasesOf({ app: { '1.0.0': ['lib@^1'] }, lib: { '1.0.0': ['base@^9'] }, base: { '1.0.0': [] } })
    const { error } = explained(releases, 'app@any')
    assert.deepEqual([error.code, error.message], ['version-not-found', 'base has no version in ^9; lib 1.0.0 wants base@^9 (app → lib)'])
    assert.equal(explained(releases, 'base@^9').error.message, 'base has no version in ^9', 'nobody needs to be told what was typed')
    assert.equal(explained(releases, 'gone@any').error.code, 'package-not-found')
  })

  it('says what to do where a dependency is of somebody whom nothing speaks for', () => {
    const releases = releasesOf({ app: { '1.0.0': ['secret@1'] } })
    const refused = new Map([['secret', new GgenError('name-unverified', 'who is it?', { hint: 'typed', details: { identity: 'bafy' } })]])
    const error = explain(releases, [wishOf('app@any')], refused)?.error
    assert.deepEqual([error?.code, error?.message], ['name-unverified', 'who is it?; app 1.0.0 wants secret@1'])
    assert.equal(error?.hint, 'see who it is: ggen trust why secret; then bind the name to it: ggen trust add bafy --name secret')
    assert.equal(explain(releases, [wishOf('secret@any')], refused)?.error.hint, 'typed')
  })

  it('keeps every cause', () => {
    const releases = releasesOf({ app: { '2.0.0': ['gone@1'], '1.0.0': ['base@2'] }, cli: { '1.0.0': ['base@1'] }, base: { '2.0.0': [], '1.0.0': [] } })
    const { error } = explained(releases, 'app@any', 'cli@any')
    assert.equal(error.code, 'dependency-conflict')
    assert.match(error.message, /; besides, nobody here knows a package named gone; app 2\.0\.0 wants gone@1$/)
  })

  it('stays short and quick on a way of ten thousand packages', () => {
    const chain = Object.fromEntries(Array.from({ length: 9_000 }, (_, index) => [`p${index}`, { '1.0.0': [`p${index + 1}@1`] }]))
    const { error } = explained(releasesOf(chain), 'p0@any')
    const way = 'p0 → p1 → p2 → p3 → 8992 more → p8996 → p8997 → p8998 → p8999'
    assert.equal(error.message, `nobody here knows a package named p9000; p8999 1.0.0 wants p9000@1 (${way})`)
    assert(JSON.stringify(error).length < 2000)
  })

  it('has an explanation of every failure, and what it says of ranges is so', () => {
    fc.assert(fc.property(worlds, ({ releases, wishes }) => {
      const explanation = explain(releases, wishes)
      if (explanation === undefined) return
      const { error, relaxations } = explanation
      assert(['dependency-conflict', 'version-not-found', 'package-not-found'].includes(error.code))
      assert.equal(error.code === 'dependency-conflict', relaxations.length > 0)
    }))
  })
})
