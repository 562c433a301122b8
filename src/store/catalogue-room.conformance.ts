import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { LIMITS, type Op, parsePackageName } from '#core'
import type { Catalogue } from './catalogue.ts'
import { WHOLE_SET } from './op-set.ts'
import { sampleEntry, sampleGenesis, sampleIdentity, sampleRelease, sampleStatus } from './sample-ops.conformance.ts'

const [ALICE, BOB, CAROL] = ['alice', 'bob', 'carol'].map(sampleIdentity) as [Op['identity'], Op['identity'], Op['identity']]
const NAME = parsePackageName('web-tools')
const bytesOf = (...ops: readonly Op[]): number => ops.reduce((sum, { bytes }) => sum + bytes.length, 0)

/** What every catalogue must do about the room that envelopes take. */
export const roomConformance = (open: (context: TestContext) => Catalogue): void => {
  test('an identity is known since its first op came', (context) => {
    using catalogue = open(context)
    assert.equal(catalogue.knownSince(ALICE), undefined)
    catalogue.putOp(sampleGenesis('alice'), 1000)
    catalogue.putOp(sampleRelease(), 2000)
    catalogue.putStub(sampleRelease({ publisher: 'bob' }), 3000)
    catalogue.putOp(sampleGenesis('carol'))
    assert.deepEqual([ALICE, BOB, CAROL].map((identity) => catalogue.knownSince(identity)), [1000, 3000, 0])
  })

  test('nothing is older than the last moment at which it was not there, although others were asked', (context) => {
    using catalogue = open(context)
    const [genesis, first, second] = [sampleGenesis('alice'), sampleRelease(), sampleRelease({ seq: 1 })]
    const without = (op: Op): number | undefined => catalogue.lastWithout(op.id, { identity: ALICE, name: NAME })
    const minutes = (count: number): number => 1_700_000_000_000 + count * 60_000
    catalogue.noteInStep(minutes(0))
    for (const op of [genesis, first]) catalogue.putOp(op)
    assert.deepEqual([without(first), without(second)], [undefined, undefined], 'the package was not known before')
    catalogue.noteInStep(minutes(20))
    catalogue.noteInStep(minutes(29))
    catalogue.putOp(second)
    assert.deepEqual([without(first), without(second)], [undefined, minutes(20)], 'moments close to each other are noted once')
    catalogue.noteInStep(minutes(60))
    assert.equal(without(second), minutes(20))
    assert.equal(catalogue.lastWithout(second.id, { identity: BOB, name: NAME }), undefined)
  })

  test('moments are forgotten after a month, and those that a wrong clock put into the future', (context) => {
    using catalogue = open(context)
    const second = sampleRelease({ seq: 1 })
    const without = (): number | undefined => catalogue.lastWithout(second.id, { identity: ALICE, name: NAME })
    for (const op of [sampleGenesis('alice'), sampleRelease()]) catalogue.putOp(op)
    catalogue.noteInStep(5 * LIMITS.stepsMs)
    catalogue.noteInStep(LIMITS.stepsMs)
    catalogue.putOp(second)
    assert.equal(without(), LIMITS.stepsMs)
    catalogue.noteInStep(2 * LIMITS.stepsMs + 1)
    assert.equal(without(), undefined)
  })

  test('ops that wait for co-signatures are remembered until they do not', (context) => {
    using catalogue = open(context)
    const [first, second] = [sampleRelease(), sampleRelease({ seq: 1 })]
    for (const op of [first, second]) catalogue.putOp(op)
    for (const { id } of [first, second, sampleRelease({ seq: 2 })]) catalogue.noteWaiting(id, true)
    catalogue.noteWaiting(first.id, true)
    assert.deepEqual(catalogue.waitingOps(10).sort(), [first.id, second.id].sort(), 'only what is here can wait')
    assert.equal(catalogue.waitingOps(1).length, 1)
    catalogue.noteWaiting(first.id, false)
    assert.deepEqual(catalogue.waitingOps(10), [second.id])
  })

  test('envelopes are counted, each once and as it is now', (context) => {
    using catalogue = open(context)
    const [genesis, release, cosigned] = [sampleGenesis('alice'), sampleRelease(), sampleRelease({ signatures: 20 })]
    const other = sampleRelease({ publisher: 'bob' })
    for (const op of [genesis, release, release, cosigned, other]) catalogue.putOp(op)
    catalogue.putStub(sampleRelease({ seq: 1 }))
    assert.deepEqual([ALICE, BOB, CAROL].map((identity) => catalogue.envelopeBytes(identity)), [bytesOf(genesis, cosigned), bytesOf(other), 0])
    assert.equal(catalogue.envelopeBytes(), bytesOf(genesis, cosigned, other))
  })

  test('an op without its envelope is in the set and nowhere else', (context) => {
    using catalogue = open(context)
    using whole = open(context)
    const [first, second] = [sampleRelease(), sampleRelease({ seq: 1 })]
    for (const op of [sampleGenesis('alice'), first, second]) whole.putOp(op)
    catalogue.putOp(sampleGenesis('alice'))
    catalogue.putStub(first)
    catalogue.putOp(second)
    catalogue.putStub(second)
    assert.deepEqual([catalogue.measure(WHOLE_SET), catalogue.counts()], [whole.measure(WHOLE_SET), whole.counts()])
    assert.deepEqual([catalogue.hasOp(first.id), catalogue.opBytes(first.id), catalogue.feedOps(ALICE, NAME)], [true, undefined, [second.bytes]])
    assert.deepEqual(catalogue.opBytes(second.id), second.bytes, 'what is whole stays whole')
    const { envelopes, last } = catalogue.arrivals(0, 10)
    assert.deepEqual([envelopes, catalogue.arrivals(last, 10).envelopes], [[sampleGenesis('alice').bytes, second.bytes], []])
    catalogue.putOp(first)
    assert.deepEqual([catalogue.opBytes(first.id), catalogue.counts().ops], [first.bytes, 3], 'what was dropped can come back')
  })

  test('publishers come in pages, those known for the shortest time first, without those that only have a chain', (context) => {
    using catalogue = open(context)
    for (const publisher of ['alice', 'bob', 'carol', 'dave']) catalogue.putOp(sampleGenesis(publisher))
    const [late, soon, status] = [sampleRelease(), sampleRelease({ publisher: 'bob' }), sampleStatus({ publisher: 'dave' })]
    for (const op of [status, soon, late]) catalogue.putOp(op)
    const page = catalogue.newestPublishers(undefined, 2)
    assert.deepEqual(page.map(({ identity, bytes }) => [identity, bytes]), [[sampleIdentity('dave'), bytesOf(status)], [BOB, bytesOf(soon)]])
    assert.deepEqual(catalogue.newestPublishers(page[1]?.place, 2).map(({ identity }) => identity), [ALICE])
  })

  test('dropping takes the newest envelopes of one publisher and the entries of their packages, and leaves the chain', (context) => {
    using catalogue = open(context)
    const other = parsePackageName('another')
    const theirs = [sampleRelease(), sampleRelease({ name: other }), sampleStatus({ name: other, seq: 1 })]
    const ops = [sampleGenesis('alice'), ...theirs, sampleRelease({ publisher: 'bob' })]
    for (const op of ops) catalogue.putOp(op)
    for (const entry of [sampleEntry(), sampleEntry({ name: other }), sampleEntry({ publisher: 'bob' })]) catalogue.putEntry(entry)
    const before = [catalogue.measure(WHOLE_SET), catalogue.counts()]
    assert.throws(() => catalogue.transact(() => {
      assert.equal(catalogue.dropEnvelopes(ALICE, 9), 3)
      throw new RangeError('no')
    }), RangeError)
    assert.equal(catalogue.envelopeBytes(), bytesOf(...ops))
    assert.equal(catalogue.dropEnvelopes(ALICE, 2), 2)
    assert.deepEqual(catalogue.feedOps(ALICE, other), [])
    assert.deepEqual([catalogue.entriesNamed(other), catalogue.entriesUnder('', 9).length], [[], 2])
    assert.deepEqual([catalogue.dropEnvelopes(ALICE, 2), catalogue.dropEnvelopes(ALICE, 2), catalogue.dropEnvelopes(CAROL, 2)], [1, 0, 0])
    assert.deepEqual([catalogue.measure(WHOLE_SET), catalogue.counts()], before, 'the set is what it was')
    assert.deepEqual(catalogue.entriesUnder('', 9).map(({ identity }) => identity), [BOB])
    assert.deepEqual([catalogue.chainOps(ALICE).length, catalogue.feedOps(BOB, NAME).length], [1, 1])
    assert.deepEqual([catalogue.envelopeBytes(ALICE), catalogue.envelopeBytes()], [bytesOf(ops[0]!), bytesOf(ops[0]!, ops[4]!)])
    assert.deepEqual(catalogue.newestPublishers(undefined, 9).map(({ identity }) => identity), [BOB])
  })
}
