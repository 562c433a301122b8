import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Events, type GgenEvent, type IdentityId, NPM_LIMITS, type PackageName, parsePackageName, parseVersion } from '#core'
import { parseNpmName } from '#npm'
import { memoryNpmRecords } from '#store'
import { TestClock } from '#testing'
import { NameClaims } from './name-claims.ts'
import { Refusals } from './refusals.ts'

const source = { id: 'https://registry.example/', isPrivate: false }
const [ADA, BOB] = ['bafyreiada', 'bafyreibob'] as unknown as readonly [IdentityId, IdentityId]

const open = (claims: Readonly<Record<string, readonly IdentityId[]>>) => {
  const [records, events, told, looked] = [memoryNpmRecords(), new Events(), [] as GgenEvent[], [] as PackageName[]]
  events.subscribe((event) => event.type === 'npm-refused' && told.push(event))
  const claimants = (name: PackageName): readonly IdentityId[] => (looked.push(name), claims[name] ?? [])
  const names = new NameClaims({ claimants, events, refusals: new Refusals({ records, events, clock: new TestClock() }) })
  const publish = (name: string): void =>
    events.emit({ type: 'release-added', name: parsePackageName(name), version: parseVersion('99.0.0'), identity: ADA, source: 'gossip' })
  return { names, told, looked, publish }
}

describe('NameClaims', () => {
  it('says once that somebody claims a name that is asked for and belongs to a registry', () => {
    const { names, told, looked } = open({ lodash: [ADA, BOB] })
    using _ = names
    for (let count = 0; count < 3; count += 1) for (const name of ['lodash', 'calm', 'JSONStream']) names.asked(parseNpmName(name), source)
    assert.equal(told.length, 1)
    assert.match(JSON.stringify(told), /lodash belongs to registry\.example.* and 1 more .*is ignored/)
    assert.deepEqual(looked, ['lodash', 'calm'])
  })

  it('says so as well when the claim comes later, and not of names that nobody asked for', () => {
    const claims: Record<string, readonly IdentityId[]> = {}
    const { names, told, publish } = open(claims)
    names.asked(parseNpmName('lodash'), source)
    Object.assign(claims, { lodash: [ADA], other: [ADA] })
    for (const name of ['other', 'lodash', 'lodash']) publish(name)
    assert.deepEqual(told.map((event) => event.type === 'npm-refused' && event.what), ['lodash'])
    names[Symbol.dispose]()
    claims['lodash'] = [BOB]
    publish('lodash')
    assert.equal(told.length, 1)
  })

  it('remembers so many names', () => {
    const { names, looked } = open({})
    using _ = names
    for (let count = 0; count <= NPM_LIMITS.askedNames; count += 1) names.asked(parseNpmName(`n${count}`), source)
    names.asked(parseNpmName('n1'), source)
    names.asked(parseNpmName('n0'), source)
    assert.equal(looked.length, NPM_LIMITS.askedNames + 2)
  })
})
