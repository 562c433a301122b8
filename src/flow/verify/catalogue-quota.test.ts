import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { LIMITS, type Op } from '#core'
import { type Catalogue, memoryCatalogue, WHOLE_SET } from '#store'
import { Publisher, TestClock } from '#testing'
import { openOp } from '#trust'
import { Admissions } from './admit-op.ts'
import { CatalogueQuota, type QuotaPolicy } from './catalogue-quota.ts'

const releasesOf = (publisher: Publisher, count: number, name = 'tool'): Op[] =>
  Array.from({ length: count }, (_, patch) => publisher.release(name, `1.0.${patch}`))
const alice = new Publisher('alice')
const [first, second, third] = releasesOf(alice, 3) as [Op, Op, Op]
const other = alice.release('other', '1.0.0')
const genesis = openOp(alice.genesis)

/** A catalogue that judges under a policy that the test may change. */
const setUp = (bytes: Partial<QuotaPolicy['bytes']>): { catalogue: Catalogue; dear: Set<string>; admit: (op: Pick<Op, 'bytes'>) => string } => {
  const catalogue = memoryCatalogue()
  const dear = new Set<string>()
  const policy = { bytes: { total: Infinity, perIdentity: Infinity, ...bytes }, isDear: (identity: string) => dear.has(identity) }
  const admissions = new Admissions(catalogue, new TestClock(), policy)
  return { catalogue, dear, admit: ({ bytes: envelope }) => admissions.admit(envelope).outcome }
}

const isWhole = (catalogue: Catalogue, ops: readonly Op[]): boolean[] => ops.map(({ id }) => catalogue.opBytes(id) !== undefined)

describe('an identity over its quota', () => {
  const perIdentity = genesis.bytes.length + first.bytes.length + 10

  test('has its further releases held as places alone, in the set like all others', () => {
    const { catalogue, admit } = setUp({ perIdentity })
    const free = setUp({})
    for (const op of [genesis, first, second, third, other]) free.admit(op)
    assert.deepEqual([genesis, first, second, third, other, third].map(admit), ['added', 'added', 'known', 'known', 'known', 'known'])
    assert.deepEqual(isWhole(catalogue, [genesis, first, second, third, other]), [true, true, false, false, false])
    assert.deepEqual(catalogue.measure(WHOLE_SET), free.catalogue.measure(WHOLE_SET))
    assert.deepEqual(catalogue.entriesUnder('', 9).map(({ version }) => version), ['1.0.0'], 'search shows what there is')
  })

  test('is bound by it in nothing else: its keys and what is not valid are judged as ever', () => {
    const { catalogue, admit } = setUp({ perIdentity: 1 })
    assert.equal(admit(second), 'orphan')
    assert.equal(catalogue.counts().ops, 0)
    assert.equal(admit(genesis), 'added')
    assert.equal(admit(first), 'known')
    const mallory = new Publisher('mallory')
    const forged = { ...second, bytes: Uint8Array.from(second.bytes, (byte, at) => (at === second.bytes.length - 1 ? byte ^ 1 : byte)) }
    assert.deepEqual([admit(forged), admit(mallory.release('tool', '1.0.0'))], ['refused', 'orphan'])
    assert.equal(catalogue.counts().ops, 2)
  })

  test('has no quota while it is dear, and what was dropped before comes back in its order', () => {
    const { catalogue, dear, admit } = setUp({ perIdentity })
    for (const op of [genesis, first, second, third]) admit(op)
    dear.add(alice.identity)
    assert.deepEqual([third, second, third, other].map(admit), ['orphan', 'added', 'added', 'added'])
    assert.deepEqual(isWhole(catalogue, [first, second, third, other]), [true, true, true, true])
    assert.equal(catalogue.entriesNamed(first.type === 'release' ? first.body.name : other.body.name)[0]?.version, '1.0.2')
  })
})

describe('a catalogue over its quota', () => {
  const [old, pinned, ...flood] = ['old', 'pinned', 'flood 1', 'flood 2', 'flood 3'].map((name) => new Publisher(name))
  const opsOf = (publisher: Publisher): Op[] => [openOp(publisher.genesis), ...releasesOf(publisher, 3, publisher.identity)]
  const [oldOps, pinnedOps] = [opsOf(old!), opsOf(pinned!)]
  const floodOps = flood.flatMap(opsOf)
  const size = (ops: readonly Op[]): number => ops.reduce((sum, { bytes }) => sum + bytes.length, 0)

  test('drops those that came last, never who is dear, and stays the same set', () => {
    const total = size([...oldOps, ...pinnedOps, ...floodOps]) - size(floodOps) / 2
    const { catalogue, dear, admit } = setUp({ total })
    const free = setUp({})
    dear.add(flood[2]!.identity)
    for (const op of [...oldOps, ...pinnedOps, ...floodOps]) {
      free.admit(op)
      admit(op)
      assert(catalogue.envelopeBytes() <= total)
    }
    assert(isWhole(catalogue, [...oldOps, ...pinnedOps, ...opsOf(flood[2]!).slice(0, 1)]).every(Boolean))
    assert.equal(catalogue.entriesNamed(flood[2]!.identity as never).length, 1)
    assert(isWhole(catalogue, floodOps).includes(false))
    assert.deepEqual(catalogue.measure(WHOLE_SET), free.catalogue.measure(WHOLE_SET))
  })

  test('keeps everything when all of it is dear, and looks at so many at a time that it gets to the others', () => {
    const catalogue = memoryCatalogue()
    const crowd = LIMITS.quotaPublishers + 10
    const publish = (index: number): void => {
      const op = { ...first, id: openOp(new Publisher(`id ${index}`).genesis).id, identity: new Publisher(`crowd ${index}`).identity } as Op
      catalogue.putOp(op)
    }
    for (let index = 0; index < crowd; index += 1) publish(index)
    const stranger = new Publisher('crowd 0').identity
    const quota = new CatalogueQuota(catalogue, { bytes: { total: 0, perIdentity: Infinity }, isDear: (identity) => identity !== stranger })
    quota.trim()
    assert(catalogue.newestPublishers(undefined, 1000).length === crowd, 'the first look found only who is dear')
    quota.trim()
    assert(catalogue.newestPublishers(undefined, 1000).every(({ identity }) => identity !== stranger))
    for (let step = 0; step < 4; step += 1) quota.trim()
    assert.equal(catalogue.newestPublishers(undefined, 1000).length, crowd - 1)
  })

  test('drops no more in one go than a transaction should do', () => {
    const catalogue = memoryCatalogue()
    for (let index = 0; index < 2 * LIMITS.quotaDrops; index += 1) {
      catalogue.putOp({ ...first, id: openOp(new Publisher(`op ${index}`).genesis).id } as Op)
    }
    const told: unknown[] = []
    const onDropped = (identity: string, count: number): void => void told.push([identity, count])
    const quota = new CatalogueQuota(catalogue, { bytes: { total: 0, perIdentity: Infinity }, isDear: () => false, onDropped })
    quota.tell(quota.trim())
    assert.equal(catalogue.envelopeBytes(), LIMITS.quotaDrops * first.bytes.length)
    quota.tell(quota.trim())
    assert.equal(catalogue.envelopeBytes(), 0)
    quota.tell(quota.trim())
    assert.deepEqual(told, [[first.identity, LIMITS.quotaDrops], [first.identity, LIMITS.quotaDrops]], 'it says so, once for each')
  })
})
