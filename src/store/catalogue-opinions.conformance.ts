import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { type Op, parsePackageName } from '#core'
import type { Catalogue } from './catalogue.ts'
import { WHOLE_SET } from './op-set.ts'
import { sampleEndorse, sampleGenesis, sampleIdentity, sampleRelease } from './sample-ops.conformance.ts'

const [ALICE, BOB, CAROL] = ['alice', 'bob', 'carol'].map(sampleIdentity) as [Op['identity'], Op['identity'], Op['identity']]
const NAME = parsePackageName('web-tools')

/** What every catalogue must do with what publishers say of each other. */
export const opinionConformance = (open: (context: TestContext) => Catalogue): void => {
  test('opinions are found by who says them and of whom, the newest first', (context) => {
    using catalogue = open(context)
    const [first, second, third] = [1, 3, 2].map((at) => sampleEndorse('bob', { at })) as [Op, Op, Op]
    const others = [sampleEndorse('carol', { at: 9 }), sampleEndorse('bob', { at: 9, publisher: 'carol' }), sampleGenesis('alice')]
    for (const op of [first, second, third, ...others]) catalogue.putOp(op)
    assert.deepEqual(catalogue.opinions(ALICE, BOB, 9), [second.bytes, third.bytes, first.bytes])
    assert.deepEqual(catalogue.opinions(ALICE, BOB, 1), [second.bytes])
    assert.deepEqual([catalogue.opinions(BOB, ALICE, 9), catalogue.opinions(ALICE, ALICE, 9)], [[], []])
    assert.deepEqual(catalogue.opined(ALICE, 9), [BOB, CAROL].sort())
    assert.deepEqual([catalogue.opined(ALICE, 1), catalogue.opined(BOB, 9)], [[BOB, CAROL].sort().slice(0, 1), []])
    catalogue.opinions(ALICE, BOB, 1)[0]?.fill(0)
    assert.deepEqual(catalogue.opinions(ALICE, BOB, 1), [second.bytes])
  })

  test('what an identity says of itself and of others is listed in the order in which it came, as far as it is here', (context) => {
    using catalogue = open(context)
    const [genesis, first, second, third] = [sampleGenesis('alice'), sampleEndorse('bob', { at: 9 }), sampleEndorse('carol'), sampleEndorse('bob', { at: 1 })]
    for (const op of [sampleEndorse('bob', { publisher: 'carol' }), genesis, first, sampleRelease(), second]) catalogue.putOp(op)
    const page = catalogue.wordIds(ALICE, 0, 2)
    assert.deepEqual(page.ids, [genesis.id, first.id])
    const rest = catalogue.wordIds(ALICE, page.last, 9)
    assert.deepEqual(rest.ids, [second.id])
    assert.deepEqual([catalogue.wordIds(ALICE, rest.last, 9), catalogue.wordIds(BOB, 3, 9)], [{ ids: [], last: rest.last }, { ids: [], last: 3 }])
    catalogue.putOp(third)
    assert.deepEqual(catalogue.wordIds(ALICE, rest.last, 9).ids, [third.id])
    assert.equal(catalogue.dropEnvelopes(ALICE, 1), 1)
    catalogue.putStub(sampleEndorse('carol', { at: 7 }))
    const all = catalogue.wordIds(ALICE, 0, 9)
    assert.deepEqual(all.ids, [genesis.id, first.id, second.id], 'what was dropped cannot be given')
    const stubs = catalogue.wordIds(ALICE, rest.last, 9)
    assert.deepEqual([stubs, catalogue.wordIds(ALICE, all.last, 9)], [{ ids: [], last: all.last }, { ids: [], last: all.last }])
  })

  test('of the same time, those with the greater id come first', (context) => {
    using catalogue = open(context)
    const ops = ['a', 'b', 'c', 'd'].map((salt) => sampleEndorse('bob', { salt }))
    for (const op of ops) catalogue.putOp(op)
    const ordered = ops.toSorted((a, b) => (a.id < b.id ? 1 : -1)).map(({ bytes }) => bytes)
    assert.deepEqual(catalogue.opinions(ALICE, BOB, 9), ordered)
  })

  test('an opinion is no package and no part of the chain, and whoever says it publishes nothing by it', (context) => {
    using catalogue = open(context)
    const opinion = sampleEndorse('bob')
    catalogue.putOp(opinion)
    assert.deepEqual([catalogue.namesOf(ALICE), catalogue.chainOps(ALICE), catalogue.counts()], [[], [], { ops: 1, packages: 0, releases: 0 }])
    assert.deepEqual(catalogue.claimants(NAME), [])
    catalogue.putOp(sampleRelease())
    assert.deepEqual([catalogue.namesOf(ALICE), catalogue.counts()], [[NAME], { ops: 2, packages: 1, releases: 1 }])
    assert.deepEqual(catalogue.opBytes(opinion.id), opinion.bytes)
    assert.equal(catalogue.measure(WHOLE_SET).count, 2)
    assert.equal(catalogue.arrivals(0, 9).envelopes.length, 2)
  })

  test('opinions take room as releases do, and give way as they do', (context) => {
    using catalogue = open(context)
    const [genesis, opinion, cosigned] = [sampleGenesis('alice'), sampleEndorse('bob'), sampleEndorse('bob', { signatures: 20 })]
    for (const op of [genesis, opinion, cosigned]) catalogue.putOp(op)
    assert.equal(catalogue.envelopeBytes(ALICE), genesis.bytes.length + cosigned.bytes.length)
    assert.deepEqual(catalogue.newestPublishers(undefined, 9).map(({ identity, bytes }) => [identity, bytes]), [[ALICE, cosigned.bytes.length]])
    assert.equal(catalogue.dropEnvelopes(ALICE, 9), 1)
    assert.deepEqual([catalogue.opinions(ALICE, BOB, 9), catalogue.hasOp(opinion.id), catalogue.envelopeBytes(ALICE)], [[], true, genesis.bytes.length])
    assert.deepEqual([catalogue.chainOps(ALICE).length, catalogue.newestPublishers(undefined, 9)], [1, []])
    catalogue.putStub(sampleEndorse('carol'))
    assert.deepEqual([catalogue.opinions(ALICE, CAROL, 9), catalogue.counts().ops], [[], 3])
  })

  test('an opinion that a failed transaction put is gone', (context) => {
    using catalogue = open(context)
    assert.throws(() => catalogue.transact(() => {
      catalogue.putOp(sampleEndorse('bob'))
      throw new RangeError('no')
    }), RangeError)
    assert.deepEqual([catalogue.opinions(ALICE, BOB, 9), catalogue.opined(ALICE, 9), catalogue.counts().ops], [[], [], 0])
  })
}
