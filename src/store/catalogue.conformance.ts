import assert from 'node:assert/strict'
import { suite, test, type TestContext } from 'node:test'
import { isGgenError, type PackageName, parsePackageName } from '#core'
import type { Catalogue } from './catalogue.ts'
import { entryConformance } from './catalogue-entries.conformance.ts'
import { opinionConformance } from './catalogue-opinions.conformance.ts'
import { roomConformance } from './catalogue-room.conformance.ts'
import { opSetConformance } from './op-set.conformance.ts'
import { WHOLE_SET } from './op-set.ts'
import { sampleEntry, sampleGenesis, sampleIdentity, sampleRelease, sampleRoles, sampleStatus } from './sample-ops.conformance.ts'

type Open = (context: TestContext) => Catalogue

const ALICE = sampleIdentity('alice')
const BOB = sampleIdentity('bob')
const NAME = parsePackageName('web-tools')

const sorted = (envelopes: readonly Uint8Array[]): string[] => envelopes.map((bytes) => Buffer.from(bytes).toString()).sort()

/** What every catalogue must do. `open` gives an empty one and clears up after the test. */
export const catalogueConformance = (name: string, open: Open): void => {
  suite(`${name} is a catalogue`, () => {
    opConformance(open)
    opSetConformance(open)
    transactionConformance(open)
    entryConformance(open)
    roomConformance(open)
    opinionConformance(open)
  })
}

const opConformance = (open: Open): void => {
  test('an op comes back as it was put, with the envelope that came last', (context) => {
    using catalogue = open(context)
    const op = sampleRelease()
    assert.equal(catalogue.opBytes(op.id), undefined)
    assert.equal(catalogue.hasOp(op.id), false)
    catalogue.putOp(op)
    assert.deepEqual(catalogue.opBytes(op.id), op.bytes)
    assert.equal(catalogue.hasOp(op.id), true)
    const cosigned = sampleRelease({ signatures: 2 })
    catalogue.putOp(cosigned)
    assert.deepEqual(catalogue.opBytes(op.id), cosigned.bytes)
    assert.deepEqual(catalogue.feedOps(ALICE, NAME), [cosigned.bytes])
    assert.equal(catalogue.counts().ops, 1)
  })

  test('ops are found by chain and by feed', (context) => {
    using catalogue = open(context)
    const chain = [sampleGenesis('alice'), sampleRoles('alice', 1), sampleRoles('alice', 2)]
    const feed = [sampleRelease(), sampleStatus({ seq: 1 }), sampleRelease({ seq: 2 })]
    const others = [sampleGenesis('bob'), sampleRelease({ publisher: 'bob' }), sampleRelease({ name: 'another' })]
    for (const op of [...others, ...feed, ...chain]) catalogue.putOp(op)
    assert.deepEqual(sorted(catalogue.chainOps(ALICE)), sorted(chain.map((op) => op.bytes)))
    assert.deepEqual(sorted(catalogue.feedOps(ALICE, NAME)), sorted(feed.map((op) => op.bytes)))
    assert.deepEqual(catalogue.chainOps(sampleIdentity('nobody')), [])
    assert.deepEqual(catalogue.feedOps(BOB, parsePackageName('another')), [])
  })

  test('names and claimants are in order and count feed ops only', (context) => {
    using catalogue = open(context)
    for (const name of ['b', 'a-b', 'a', '@scope/a']) catalogue.putOp(sampleRelease({ name }))
    for (const op of [sampleGenesis('alice'), sampleGenesis('bob')]) catalogue.putOp(op)
    for (const op of [sampleStatus({ publisher: 'carol', name: 'a' }), sampleRelease({ publisher: 'dave', name: 'a' })]) catalogue.putOp(op)
    assert.deepEqual(catalogue.namesOf(ALICE), ['@scope/a', 'a', 'a-b', 'b'])
    assert.deepEqual(catalogue.namesOf(BOB), [])
    assert.deepEqual(catalogue.claimants('a' as PackageName), [ALICE, sampleIdentity('carol'), sampleIdentity('dave')].sort())
    assert.deepEqual(catalogue.claimants('nothing' as PackageName), [])
  })

  test('counts tell ops, packages and releases apart', (context) => {
    using catalogue = open(context)
    assert.deepEqual(catalogue.counts(), { ops: 0, packages: 0, releases: 0 })
    const others = [sampleRelease({ publisher: 'bob' }), sampleRelease({ name: 'another' })]
    const ops = [sampleGenesis('alice'), sampleRelease(), sampleRelease({ seq: 1 }), sampleStatus({ seq: 2 }), ...others]
    for (const op of [...ops, ...ops]) catalogue.putOp(op)
    assert.deepEqual(catalogue.counts(), { ops: 6, packages: 3, releases: 4 })
  })

  test('bytes given and bytes returned are the caller\'s own', (context) => {
    using catalogue = open(context)
    const op = sampleRelease()
    const bytes = op.bytes.slice()
    catalogue.putOp({ ...op, bytes })
    bytes.fill(0)
    catalogue.opBytes(op.id)?.fill(0)
    catalogue.feedOps(ALICE, NAME)[0]?.fill(0)
    assert.deepEqual(catalogue.opBytes(op.id), op.bytes)
  })

  test('a disposed catalogue says so', (context) => {
    const catalogue = open(context)
    catalogue[Symbol.dispose]()
    const isClosed = (error: unknown): boolean => isGgenError(error, 'cancelled')
    assert.throws(() => catalogue.measure(WHOLE_SET), isClosed)
    assert.throws(() => catalogue.putOp(sampleRelease()), isClosed)
    assert.throws(() => catalogue.newestEntries(1), isClosed)
    assert.throws(() => catalogue.transact(() => 0), isClosed)
    assert.throws(() => catalogue.gather(() => 0), isClosed)
    catalogue.settle()
    catalogue[Symbol.dispose]()
  })
}

const transactionConformance = (open: Open): void => {
  test('a transaction that throws changes nothing', (context) => {
    using catalogue = open(context)
    catalogue.putOp(sampleRelease())
    catalogue.putEntry(sampleEntry({ title: 'before' }))
    const state = (): unknown => [
      catalogue.measure(WHOLE_SET), catalogue.counts(), catalogue.placesIn(WHOLE_SET, 10), catalogue.namesOf(ALICE), catalogue.namesOf(BOB),
      catalogue.feedOps(ALICE, NAME), catalogue.newestEntries(10),
    ]
    const before = state()
    assert.throws(() => catalogue.transact(() => {
      catalogue.putOp(sampleRelease({ signatures: 2 }))
      catalogue.putOp(sampleRelease({ publisher: 'bob', at: 1 }))
      catalogue.putOp(sampleRelease({ seq: 1 }))
      catalogue.putEntry(sampleEntry({ title: 'after' }))
      catalogue.putEntry(sampleEntry({ publisher: 'bob' }))
      catalogue.removeEntry(ALICE, NAME)
      assert.notDeepEqual(state(), before)
      throw new RangeError('no')
    }), RangeError)
    assert.deepEqual(state(), before)
    assert.deepEqual(catalogue.newestEntries(10).map(({ title }) => title), ['before'])
  })

  test('a transaction inside another one is taken back with it, or alone', (context) => {
    using catalogue = open(context)
    const put = (at: number) => (): void => catalogue.putOp(sampleRelease({ at }))
    const ats = (): number[] => catalogue.placesIn(WHOLE_SET, 10).map(({ at }) => at)
    catalogue.transact(() => {
      put(1)()
      assert.throws(() => catalogue.transact(() => {
        catalogue.transact(put(2))
        throw new RangeError('inner')
      }), RangeError)
      catalogue.transact(put(3))
    })
    assert.deepEqual(ats(), [1, 3])
    assert.throws(() => catalogue.transact(() => {
      catalogue.transact(put(4))
      throw new RangeError('outer')
    }), RangeError)
    assert.deepEqual(ats(), [1, 3])
    assert.equal(catalogue.transact(() => 'result'), 'result')
  })

  test('tells that something was taken back: alone, with others, or among what was gathered', (context) => {
    using catalogue = open(context)
    const fails = (): never => {
      throw new RangeError('no')
    }
    const put = (at: number) => (): void => catalogue.putOp(sampleRelease({ at }))
    catalogue.transact(put(1))
    catalogue.gather(put(2))
    catalogue.settle()
    assert.equal(catalogue.takenBack, 0)
    let before = 0
    const more = (): boolean => {
      const was = before
      before = catalogue.takenBack
      return before > was
    }
    assert.throws(() => catalogue.transact(fails), RangeError)
    assert(more())
    catalogue.transact(() => {
      put(3)()
      assert.throws(() => catalogue.transact(fails), RangeError)
      assert(more(), 'an inner one alone')
    })
    assert.equal(more(), false)
    catalogue.gather(put(4))
    assert.throws(() => catalogue.gather(fails), RangeError)
    assert(more())
    catalogue.settle()
    assert.equal(more(), false)
  })

  test('what is gathered is there at once, and stays when it is settled or a transaction follows', (context) => {
    using catalogue = open(context)
    const ats = (): number[] => catalogue.placesIn(WHOLE_SET, 10).map(({ at }) => at)
    const put = (at: number) => (): void => catalogue.putOp(sampleRelease({ at }))
    catalogue.settle()
    catalogue.gather(put(1))
    catalogue.gather(() => {
      put(2)()
      assert.throws(() => catalogue.gather(() => {
        put(3)()
        throw new RangeError('inner')
      }), RangeError)
    })
    assert.deepEqual(ats(), [1, 2])
    assert.equal(catalogue.measure(WHOLE_SET).count, 2)
    catalogue.settle()
    catalogue.gather(put(4))
    assert.throws(() => catalogue.transact(() => {
      put(5)()
      throw new RangeError('another')
    }), RangeError)
    assert.deepEqual(ats(), [1, 2, 4])
    assert.equal(catalogue.measure(WHOLE_SET).count, 3)
    assert.equal(catalogue.counts().ops, 3)
  })

  test('a part of what is gathered that fails leaves a sound whole', (context) => {
    using catalogue = open(context)
    catalogue.putOp(sampleRelease({ at: 1 }))
    catalogue.gather(() => catalogue.putOp(sampleRelease({ at: 2 })))
    assert.throws(() => catalogue.gather(() => {
      catalogue.putOp(sampleRelease({ at: 3 }))
      throw new RangeError('no')
    }), RangeError)
    catalogue.settle()
    const held = catalogue.placesIn(WHOLE_SET, 10).map(({ at }) => at)
    assert(held.includes(1) && !held.includes(3), held.join(' '))
    assert.equal(catalogue.measure(WHOLE_SET).count, held.length)
    assert.equal(catalogue.counts().ops, held.length)
  })

  test('a transaction is not for promises', (context) => {
    using catalogue = open(context)
    assert.throws(() => catalogue.transact(async () => catalogue.putOp(sampleRelease())), /synchronous/)
    assert.equal(catalogue.counts().ops, 0)
  })
}
