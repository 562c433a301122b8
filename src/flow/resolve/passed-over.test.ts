import assert from 'node:assert/strict'
import { test } from 'node:test'
import { GgenError, type PackageName, type Version } from '#core'
import { type PassedOver, passedOver } from './passed-over.ts'
import { releasesOf, type Releases, settle, wishOf } from './random-universe.conformance.ts'
import type { ChosenRelease } from './resolution.ts'
import type { Offer } from './universe.ts'

const UNKNOWN = new GgenError('package-not-found', 'nobody knows it')
const UNVERIFIED = new GgenError('name-unverified', 'who is it?')

const everyRelease = (releases: Releases): ChosenRelease[] =>
  [...releases].flatMap(([name, versions]) =>
    [...versions].map(([version, dependencies]) => ({ name: name as PackageName, version: version as Version, dependencies })))

const passed = (releases: Releases, wish: string, error: GgenError): PassedOver | undefined => {
  const refused = new Map([['secret', error]])
  const offerOf = (name: PackageName): Offer => {
    const versions = releases.get(name)
    return versions === undefined ? { refused: error } : { candidates: [...versions.keys()].map((version) => ({ version: version as never, isLeaf: false })) }
  }
  const wishes = [wishOf(wish)]
  const settled = settle(releases, { wishes }, { refused })
  assert(settled.type === 'solved')
  return passedOver(settled.chosen, wishes, {
    offerOf, releases: everyRelease(releases), isOpen: ({ code }) => code === 'name-unverified',
  })
}

const RELEASES = releasesOf({
  app: { '3.0.0': ['lib@*'], '2.0.0': ['gone@1'], '1.0.0': [] }, lib: { '2.0.0': ['secret@1'], '1.0.0': ['secret@1', 'app@*'] }, gone: {},
})

test('What was left because somebody has to decide about something that it wants is told of, however far away that is', () => {
  const over = passed(RELEASES, 'app@any', UNVERIFIED)
  assert.deepEqual(
    [over?.name, over?.version, over?.chosen, over?.dependency.name, over?.error.code], ['app', '3.0.0', '1.0.0', 'lib', 'name-unverified'],
  )
})

test('What was left for another reason is left without a word', () => {
  assert.equal(passed(RELEASES, 'app@any', UNKNOWN), undefined)
  assert.equal(passed(RELEASES, 'app@<3', UNVERIFIED), undefined, 'it would not suit')
  const optional = releasesOf({ app: { '2.0.0': ['secret?@1', 'none@1'], '1.0.0': [] } })
  assert.equal(passed(optional, 'app@any', UNKNOWN), undefined)
})

test('A chain of ten thousand that ends at such a package is followed to its beginning', () => {
  const chain = Object.fromEntries(Array.from({ length: 9_990 }, (_, index) => [`p${index}`, { '1.0.0': [index === 9_989 ? 'secret@1' : `p${index + 1}@1`] }]))
  const over = passed(releasesOf({ app: { '2.0.0': ['p0@1'], '1.0.0': [] }, ...chain }), 'app@any', UNVERIFIED)
  assert.deepEqual([over?.version, over?.dependency.name], ['2.0.0', 'p0'])
})
