import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { LIMITS, type ReleaseOp } from '#core'
import { type Catalogue, type CatalogueEntry, memoryCatalogue } from '#store'
import { Publisher } from '#testing'
import { followedEntries } from './followed-entries.ts'
import { isFollowed, readSeedPolicy, type SeedPolicy } from './seed-policy.ts'

const ada = new Publisher('ada')
const bob = new Publisher('bob')

const catalogueOf = (releases: readonly ReleaseOp[]): Catalogue => {
  const catalogue = memoryCatalogue()
  for (const release of releases) {
    const { identity, at, id, body: { name, version, artifact, summary, kind, scripts } } = release
    catalogue.putOp(release)
    catalogue.putEntry({ ...summary, identity, name, version, digest: artifact.digest, kind, scripts, deprecated: false, at, known: at, op: id })
  }
  return catalogue
}
const NAMES = ['io.ggen.rust', 'io.ggen.rust.cli', 'io.ggenx', 'io.ggen', 'team/tool', '@team/tool', '@team/io.ggen.rust', 'tool', 'a-b-c.d-e-f.g'] as const
const releases = [ada, bob].flatMap((publisher) => NAMES.map((name) => publisher.release(name, '1.0.0')))
const catalogue = catalogueOf(releases)
const followed = (from: Catalogue, policy: SeedPolicy): readonly CatalogueEntry[] => followedEntries(from, policy, (key) => isFollowed(policy, key))
const keyOf = (entry: { identity: string; name: string }): string => `${entry.identity} ${entry.name}`

describe('followed entries', () => {
  it('are exactly those that the policy follows, each once', () => {
    const pattern = fc.constantFrom('io.ggen.*', 'io.ggen', 'tool', 'team/*', '@team/*', '@team/io.ggen.*', `@${ada.identity}`, 'a-b-c.*', 'nothing', 'io.*')
    fc.assert(fc.property(fc.array(pattern, { maxLength: 5 }), (follow) => {
      const policy = readSeedPolicy({ follow, all: false })
      const expected = releases.filter(({ identity, body: { name } }) => isFollowed(policy, { identity, name }))
      assert.deepEqual(followed(catalogue, policy).map(keyOf).sort(), expected.map(({ identity, body: { name } }) => keyOf({ identity, name })).sort())
    }))
  })

  it('are all of them when all is wanted', () => {
    assert.equal(followed(catalogue, readSeedPolicy({ follow: ['tool'], all: true })).length, releases.length)
  })

  it('leave out what is not wanted before they are counted', () => {
    const many = Array.from({ length: LIMITS.seedQueue + 1 }, (_, n) => ada.release(`crowd.n${n}`, '1.0.0'))
    const large = catalogueOf([...many, bob.release('crowd.n0', '1.0.0')])
    const found = followedEntries(large, readSeedPolicy({ follow: ['crowd.*'], all: false }), ({ identity }) => identity === bob.identity)
    assert.deepEqual(found.map(keyOf), [keyOf({ identity: bob.identity, name: 'crowd.n0' })])
  })

  it('stay bounded, whatever one publisher makes', () => {
    const many = Array.from({ length: LIMITS.seedQueue + 20 }, (_, n) => ada.release(`many.n${n}`, '1.0.0'))
    const large = catalogueOf(many)
    for (const policy of [{ follow: ['many.*'], all: false }, { follow: [`@${ada.identity}`], all: false }, { follow: [], all: true }]) {
      assert.equal(followed(large, readSeedPolicy(policy)).length, LIMITS.seedQueue)
    }
  })

  it('can be looked up for the longest prefix there is', () => {
    const policy = readSeedPolicy({ follow: [`${Array.from({ length: 9 }, () => 'a-b-c-d-e').join('.')}.*`], all: false })
    assert.deepEqual(followed(catalogue, policy), [])
  })
})
