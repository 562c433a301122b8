import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type IdentityId, parsePackageName } from '#core'
import { memoryCatalogue, memoryTrustStore } from '#store'
import { openOp } from '#trust'
import { Publisher, TestClock } from '#testing'
import { NameTrust, type NameTrustParts, type Words } from './name-trust.ts'

const name = parsePackageName('io.acme.tool')
const [ada, bob, eve] = ['ada', 'bob', 'eve'].map((seed) => new Publisher(seed)) as [Publisher, Publisher, Publisher]

interface Scene {
  readonly namespaces?: Readonly<Record<string, IdentityId>>
  readonly words?: (identity: IdentityId) => Words
}

/** A node that knows what these publish under the name. */
const scene = (publishers: readonly Publisher[], { namespaces = {}, words = () => ({ endorsedBy: [] }) }: Scene = {}) => {
  const [trust, catalogue] = [memoryTrustStore(), memoryCatalogue()]
  for (const publisher of publishers) {
    catalogue.putOp(openOp(publisher.genesis), 5000)
    catalogue.putOp(publisher.release(name, '1.0.0'))
  }
  const policy = { firstUse: 'ask' as const, coolDownMs: 0, namespaces: new Map(Object.entries(namespaces)) }
  const parts: NameTrustParts = { trust, catalogue, clock: new TestClock(), policy, wordsOn: words }
  return { trust, names: new NameTrust(parts) }
}

describe('whom a name means', () => {
  test('is open for one publisher, contested for several, and settled by a pin', () => {
    const { names, trust } = scene([ada, bob])
    assert.equal(names.report(name).verdict.outcome, 'contested')
    assert.deepEqual(names.report(name).claims.map(({ knownSince }) => knownSince), [5000, 5000])
    trust.putPin({ name, identity: ada.identity, since: 1, how: 'first-use' })
    const { verdict, claims } = names.report(name)
    assert.deepEqual(verdict, { outcome: 'trusted', identity: ada.identity, evidence: { kind: 'pinned', since: 1, how: 'first-use' } })
    assert.equal(claims[0]?.identity, ada.identity, 'what the verdict is about comes first')
    assert.equal(scene([bob]).names.report(name).verdict.outcome, 'unverified')
    assert.equal(scene([]).names.report(name).verdict.outcome, 'unknown')
  })

  test('is what the lock file, the user and the configuration say, also of somebody unknown here', () => {
    for (const asking of [{ locked: eve.identity }, { chosen: eve.identity }]) {
      const { verdict } = scene([ada, bob]).names.report(name, asking)
      assert.deepEqual([verdict.outcome, 'identity' in verdict && verdict.identity], ['trusted', eve.identity])
    }
    const acme = scene([ada, bob], { namespaces: { 'io.*': ada.identity, 'io.acme.*': bob.identity } }).names.report(name).verdict
    assert.deepEqual(acme, { outcome: 'trusted', identity: bob.identity, evidence: { kind: 'namespace', pattern: 'io.acme.*' } })
    assert.throws(() => scene([], { namespaces: { 'a*b': ada.identity } }), { code: 'config-invalid' })
  })

  test('is moved by what followed publishers say, and never to one whom they warn of', () => {
    const words = (identity: IdentityId): Words =>
      identity === bob.identity ? { endorsedBy: [eve.identity] } : { endorsedBy: [], block: { by: eve.identity, why: 'malware' } }
    const { names } = scene([ada, bob], { words })
    assert.deepEqual(names.report(name).verdict, { outcome: 'trusted', identity: bob.identity, evidence: { kind: 'endorsed', by: [eve.identity] } })
    assert.throws(() => names.assertNotBlocked(ada.identity, name), { code: 'denied', message: /malware/ })
    names.assertNotBlocked(bob.identity, name)
  })

  test('is listed for as many as people read, and counted for all', () => {
    const many = Array.from({ length: 25 }, (_, index) => new Publisher(`squatter ${index}`))
    const { claims, claimCount, verdict } = scene(many).names.report(name)
    assert.deepEqual([claims.length, claimCount, verdict.outcome], [20, 25, 'contested'])
  })
})

describe('binding a name', () => {
  test('remembers why, and never moves what is bound', () => {
    const { names, trust } = scene([ada, bob])
    names.remember(name, ada.identity, { kind: 'locked' })
    names.remember(name, bob.identity, undefined)
    assert.deepEqual([trust.pin(name)?.identity, trust.pin(name)?.how], [ada.identity, 'lock'])
  })

  test('is done by the user for whomever he chooses, if anybody here knows him', () => {
    const { names, trust } = scene([ada, bob])
    names.remember(name, ada.identity, undefined)
    names.add(name, bob.identity)
    assert.deepEqual([trust.pin(name)?.identity, trust.pin(name)?.how], [bob.identity, 'chosen'])
    assert.throws(() => names.add(name, eve.identity), { code: 'usage' })
  })

  test('and letting it go is counted, whoever does it', () => {
    const { names, trust } = scene([ada, bob])
    const counts = [names.revision]
    const release = bob.release(name, '2.0.0')
    const changes = [
      () => names.own(release), () => names.own(release), () => names.add(name, ada.identity), () => names.remove(name),
      () => names.remember(name, ada.identity, undefined),
    ]
    for (const change of changes) counts.push((change(), names.revision))
    assert.deepEqual(counts, [0, 1, 1, 2, 3, 4])
    assert.equal(trust.pin(name)?.how, 'first-use')
  })
})
