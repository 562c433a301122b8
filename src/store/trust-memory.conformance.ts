import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { isGgenError, LIMITS, parsePackageName, parseVersion } from '#core'
import { sampleId, sampleIdentity, sampleKey } from './sample-ops.conformance.ts'
import type { SeenPackage } from './trust-memory.ts'
import type { TrustStore } from './trust-store.ts'

const [ALICE, BOB] = [sampleIdentity('alice'), sampleIdentity('bob')]

const seen = (change: Partial<SeenPackage> = {}): SeenPackage => ({
  identity: ALICE, name: parsePackageName('web-tools'), heads: [sampleId('chain'), sampleId('feed')],
  last: {
    op: sampleId('last'), version: parseVersion('1.0.0'), feed: sampleKey('alice'), seq: 3, scripts: false,
    signatures: 2, people: 1, provenance: 0, need: 2, human: 1,
  },
  ...change,
})

/** What every trust store remembers of packages and publishers. */
export const trustMemoryConformance = (open: (context: TestContext) => TrustStore): void => {
  test('what was seen of a package is remembered until something newer was', (context) => {
    using store = open(context)
    assert.equal(store.memory.seen(ALICE, seen().name), undefined)
    store.memory.putSeen(seen())
    store.memory.putSeen(seen({ identity: BOB, heads: [] }))
    assert.deepEqual(store.memory.seen(ALICE, seen().name), seen())
    store.memory.putSeen(seen({ heads: [sampleId('later')] }))
    assert.deepEqual(store.memory.seen(ALICE, seen().name)?.heads, [sampleId('later')])
    assert.deepEqual(store.memory.seen(BOB, seen().name)?.heads, [])
  })

  test('whoever is followed is dear, until he is let go', (context) => {
    using store = open(context)
    assert.equal(store.memory.unfollow(ALICE), false)
    store.memory.follow({ identity: BOB, since: 2 })
    store.memory.follow({ identity: ALICE, since: 1 })
    assert.deepEqual(store.memory.followed(), [{ identity: ALICE, since: 1 }, { identity: BOB, since: 2 }])
    assert(store.isDear(BOB))
    assert(store.memory.unfollow(BOB))
    assert(!store.isDear(BOB))
  })

  test('publishers that are followed are limited', (context) => {
    using store = open(context)
    store.transact(() => {
      for (let index = 0; index < LIMITS.followedPublishers; index += 1) store.memory.follow({ identity: sampleIdentity(`${index}`), since: index })
    })
    assert.throws(() => store.memory.follow({ identity: ALICE, since: 0 }), (error) => isGgenError(error, 'too-busy'))
    store.memory.follow({ identity: sampleIdentity('0'), since: 9 })
    assert.equal(store.memory.followed().length, LIMITS.followedPublishers)
  })

  test('what is blocked is a publisher, or one name of it, until just that is let go', (context) => {
    using store = open(context)
    const { name } = seen()
    assert.deepEqual([store.memory.blocked(), store.memory.unblock(ALICE, undefined)], [[], false])
    store.memory.block({ identity: ALICE, name, why: 'malware', since: 2 })
    store.memory.block({ identity: ALICE, since: 3 })
    store.memory.block({ identity: BOB, name, since: 1 })
    store.memory.block({ identity: ALICE, name, why: 'again', since: 2 })
    const all = [{ identity: BOB, name, since: 1 }, { identity: ALICE, name, why: 'again', since: 2 }, { identity: ALICE, since: 3 }]
    assert.deepEqual(store.memory.blocked(), all)
    assert(!store.isDear(ALICE), 'who is blocked is not dear')
    assert.deepEqual([BOB, ALICE, ALICE].map((identity) => store.memory.unblock(identity, undefined)), [false, true, false])
    assert.deepEqual(store.memory.blocked(), all.slice(0, 2))
  })

  test('what is blocked is limited', (context) => {
    using store = open(context)
    store.transact(() => {
      for (let index = 0; index < LIMITS.blockedSubjects; index += 1) store.memory.block({ identity: sampleIdentity(`${index}`), since: index })
    })
    assert.throws(() => store.memory.block({ identity: ALICE, since: 0 }), (error) => isGgenError(error, 'too-busy'))
    store.memory.block({ identity: sampleIdentity('0'), why: 'still', since: 0 })
    assert.deepEqual([store.memory.blocked().length, store.memory.blocked()[0]?.why], [LIMITS.blockedSubjects, 'still'])
  })

  test('what is remembered in a transaction that fails is forgotten', (context) => {
    using store = open(context)
    assert.throws(() => store.transact(() => {
      store.memory.putSeen(seen())
      store.memory.follow({ identity: BOB, since: 2 })
      store.memory.block({ identity: BOB, since: 2 })
      throw new RangeError('no')
    }), RangeError)
    assert.deepEqual([store.memory.seen(ALICE, seen().name), store.memory.followed(), store.memory.blocked()], [undefined, [], []])
  })

  test('names are listed and let go', (context) => {
    using store = open(context)
    const pins = ['a', 'b'].map((name) => ({ name: parsePackageName(name), identity: BOB, since: 1, how: 'chosen' as const }))
    for (const pin of pins.toReversed()) store.putPin(pin)
    assert.deepEqual(store.pins(), pins)
    assert.deepEqual([store.removePin(parsePackageName('a')), store.removePin(parsePackageName('a'))], [true, false])
    assert.deepEqual(store.pins(), pins.slice(1))
  })
}
