import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { LIMITS, type OpId } from '#core'
import { type Catalogue, memoryCatalogue, WHOLE_SET } from '#store'
import { encodePayload, keyPairFromSeed, openEach, openOp, opIdOf, signPayload } from '#trust'
import { Publisher, TEST_EPOCH, TestClock } from '#testing'
import { type Admission, Admissions, type Admit, type OpenAll } from './admit-op.ts'
import type { QuotaPolicy } from './catalogue-quota.ts'
import { createViews } from './package-views.ts'

type Pair = ReturnType<typeof keyPairFromSeed>

/** A publisher of whom two keys have to sign. */
const twoKeys = () => {
  const [root, one, two] = [1, 2, 3].map((fill) => keyPairFromSeed(new Uint8Array(32).fill(fill))) as [Pair, Pair, Pair]
  const release = [one, two].map(({ publicKey }) => ({ key: publicKey, names: ['*'] }))
  const genesis = openOp(signPayload(encodePayload({
    type: 'genesis', at: TEST_EPOCH, seq: 0,
    body: { root: { keys: [root.publicKey], need: 1 }, recovery: { keys: [], need: 0 }, release, need: 2, nonce: new Uint8Array(16) },
  }), [root]))
  return { genesis, one, two }
}

const admitTo = (catalogue: Catalogue): Admit => {
  const admissions = new Admissions(catalogue, new TestClock())
  return (envelope) => admissions.admit(envelope)
}

const setUp = (): { catalogue: Catalogue; admit: Admit; alice: Publisher } => {
  const catalogue = memoryCatalogue()
  return { catalogue, admit: admitTo(catalogue), alice: new Publisher('alice') }
}

describe('an op joins the set', () => {
  test('when it is valid and its parents are known, once', () => {
    const { catalogue, admit, alice } = setUp()
    const release = alice.release('tool', '1.0.0')
    assert.equal(admit(alice.genesis).outcome, 'added')
    assert.equal(admit(release.bytes).outcome, 'added')
    assert.equal(admit(release.bytes).outcome, 'known')
    assert.equal(catalogue.counts().ops, 2)
    assert.equal(catalogue.entriesNamed(release.body.name)[0]?.version, '1.0.0')
  })

  test('also when it is about somebody else, and that is no package', () => {
    const { catalogue, admit, alice } = setUp()
    const { identity } = new Publisher('bob')
    const opinions = [alice.endorse(identity), alice.advise(identity, 'tool')]
    assert.deepEqual(opinions.map(({ bytes }) => admit(bytes).outcome), ['orphan', 'orphan'])
    for (const envelope of [alice.genesis, alice.release('tool', '1.0.0').bytes]) admit(envelope)
    assert.deepEqual([...opinions, ...opinions].map(({ bytes }) => admit(bytes).outcome), ['added', 'added', 'known', 'known'])
    assert.deepEqual(catalogue.opinions(alice.identity, identity, 9), opinions.map(({ bytes }) => bytes).reverse())
    assert.deepEqual([catalogue.counts(), catalogue.newestEntries(9).length], [{ ops: 4, packages: 1, releases: 1 }, 1])
  })

  test('and waits there as long as signatures are missing, whatever it is about', () => {
    const { catalogue, admit } = setUp()
    const { genesis, one, two } = twoKeys()
    const head = { identity: genesis.identity, seq: 0 as const, at: TEST_EPOCH }
    const { body } = new Publisher('bob').status('tool', '1.0.0', { state: 'yanked' })
    const payloads = [
      encodePayload({ type: 'status', ...head, feed: one.publicKey, body: { ...body, roles: genesis.id } }),
      encodePayload({ type: 'endorse', ...head, key: one.publicKey, body: { roles: genesis.id, target: genesis.identity, names: [], level: 'block' } }),
    ]
    admit(genesis.bytes)
    const signed = (keys: readonly Pair[]): readonly string[] => payloads.map((payload) => admit(signPayload(payload, keys)).outcome)
    assert.deepEqual([signed([one]), catalogue.waitingOps(9).length], [['added', 'added'], 2])
    assert.deepEqual([signed([one, two]), catalogue.waitingOps(9)], [['added', 'added'], []])
  })

  test('not before its parents: the missing ones are named', () => {
    const { catalogue, admit, alice } = setUp()
    const [first, second] = [alice.release('tool', '1.0.0'), alice.release('tool', '1.1.0')]
    assert.deepEqual(admit(second.bytes), { outcome: 'orphan', op: second, missing: [alice.identity, first.id] })
    admit(alice.genesis)
    assert.deepEqual(admit(second.bytes), { outcome: 'orphan', op: second, missing: [first.id] })
    assert.equal(catalogue.counts().ops, 1)
  })

  test('not when it is dated too far ahead', () => {
    const { admit, alice } = setUp()
    admit(alice.genesis)
    assert.equal(admit(alice.release('tool', '1.0.0', { at: TEST_EPOCH + 3600 + 601 }).bytes).outcome, 'early')
  })

  test('not when it is dated before its parent or continues a foreign feed', () => {
    const { admit, alice } = setUp()
    admit(alice.genesis)
    admit(alice.release('tool', '1.0.0', { at: TEST_EPOCH + 50 }).bytes)
    assert.deepEqual(admit(alice.release('tool', '1.1.0', { at: TEST_EPOCH + 40 }).bytes), { outcome: 'refused', reason: 'chain' })
  })

  test('never when a stranger signed it, or bits flipped', () => {
    const { catalogue, admit, alice } = setUp()
    admit(alice.genesis)
    const { bytes } = alice.release('tool', '1.0.0')
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, mask) => {
        const broken = Uint8Array.from(bytes)
        broken[at] = (broken[at] ?? 0) ^ mask
        return admit(broken).outcome === 'refused'
      }),
    )
    assert.equal(catalogue.counts().ops, 1)
  })
})

test('the set, the index and the views do not depend on the order of arrival', () => {
  const alice = new Publisher('alice')
  const ops = [alice.genesis, ...['1.0.0', '1.1.0', '2.0.0-rc.1'].map((version) => alice.release('tool', version).bytes), alice.release('other', '0.1.0').bytes]
  const outcome = (order: readonly Uint8Array[]): unknown => {
    const catalogue = memoryCatalogue()
    const admit = admitTo(catalogue)
    for (let round = 0; round < ops.length; round++) for (const op of order) admit(op)
    return [catalogue.measure(WHOLE_SET), catalogue.newestEntries(10)]
  }
  const expected = outcome(ops)
  fc.assert(fc.property(fc.shuffledSubarray(ops, { minLength: ops.length }), (order) => assert.deepEqual(outcome(order), expected)), { numRuns: 30 })
})

test('a version with two archives is disputed: nothing of it is found by search, and the newest undisputed one is', () => {
  const { catalogue, admit, alice } = setUp()
  admit(alice.genesis)
  const first = alice.release('tool', '1.0.0')
  const rival = new Publisher('alice').release('tool', '1.0.0', { content: 'other bytes' })
  admit(first.bytes)
  assert.equal(admit(rival.bytes).outcome, 'added', 'a fork is evidence, so it is kept')
  assert.deepEqual(catalogue.entriesNamed(first.body.name), [])
  assert.deepEqual(catalogue.claimants(first.body.name), [alice.identity])
  const view = createViews(catalogue).package(alice.identity, first.body.name)
  assert.equal([...(view?.releases.values() ?? [])][0]?.standing, 'disputed')
})

describe('a package with many ops is found by what it adds up to now', () => {
  const many = LIMITS.ledgerOps + 8

  test('when those that waited for signatures get them', () => {
    const { catalogue, admit } = setUp()
    const { genesis, one, two } = twoKeys()
    const payloads: Uint8Array[] = []
    let prev: OpId | undefined
    for (let seq = 0; seq < many; seq += 1) {
      const { body } = new Publisher('bob').release('tool', `1.0.${seq}`)
      const place = { identity: genesis.identity, feed: one.publicKey, seq, at: TEST_EPOCH, ...(prev !== undefined && { prev }) }
      const payload = encodePayload({ type: 'release', ...place, body: { ...body, roles: genesis.id } })
      prev = opIdOf(payload)
      payloads.push(payload)
    }
    const shown = (): string | undefined => catalogue.newestEntries(1)[0]?.version
    admit(genesis.bytes)
    for (const payload of payloads) admit(signPayload(payload, [one]))
    assert.deepEqual([catalogue.waitingOps(99).length, shown()], [many, undefined])
    for (const patch of [3, 39, 20]) admit(signPayload(payloads[patch] ?? new Uint8Array(), [one, two]))
    assert.equal(shown(), '1.0.39')
  })

  test('when they were dropped and come again', () => {
    const catalogue = memoryCatalogue()
    const bytes = { total: Infinity, perIdentity: Infinity }
    const dear = new Set<string>()
    const admissions = new Admissions(catalogue, new TestClock(), { bytes, isDear: (identity) => dear.has(identity) })
    const alice = new Publisher('alice')
    const ops = Array.from({ length: many }, (_, patch) => alice.release('tool', `1.0.${patch}`))
    for (const envelope of [alice.genesis, ...ops.map((op) => op.bytes)]) admissions.admit(envelope)
    assert.equal(catalogue.newestEntries(1)[0]?.version, `1.0.${many - 1}`)
    bytes.total = 0
    admissions.admit(new Publisher('bob').genesis)
    assert.deepEqual(catalogue.newestEntries(1), [])
    bytes.total = Infinity
    dear.add(alice.identity)
    for (const op of ops.slice(0, 3)) assert.equal(admissions.admit(op.bytes).outcome, 'added')
    assert.equal(catalogue.newestEntries(1)[0]?.version, '1.0.2')
  })
})

describe('many ops at once', () => {
  const alice = new Publisher('alice')
  const ops = [alice.genesis, ...Array.from({ length: 200 }, (_, index) => alice.release(`tool-${index % 7}`, `1.${index}.0`).bytes)]
  const never = new AbortController().signal
  const openAll: OpenAll = async (envelopes) => openEach(envelopes)

  const admitAll = async (catalogue: Catalogue, envelopes: readonly Uint8Array[], signal = never): Promise<Admission['outcome'][]> => {
    const slices = new Admissions(catalogue, new TestClock()).admitAll(envelopes, { openAll, signal })
    return (await Array.fromAsync(slices)).flat().map(({ outcome }) => outcome)
  }

  test('become what they become one by one, also those that stand on each other or are wrong', async () => {
    const [together, apart] = [memoryCatalogue(), memoryCatalogue()]
    const broken = ops.map((bytes, index) => (index % 50 === 49 ? bytes.toReversed() : bytes))
    const admit = admitTo(apart)
    assert.deepEqual(await admitAll(together, broken), broken.map((bytes) => admit(bytes).outcome))
    assert.deepEqual(together.measure(WHOLE_SET), apart.measure(WHOLE_SET))
    for (const name of apart.namesOf(alice.identity)) assert.deepEqual(together.entriesNamed(name), apart.entriesNamed(name))
    assert.deepEqual(await admitAll(together, ops.slice(0, 40)), ops.slice(0, 40).map(() => 'known'))
    assert.deepEqual(await admitAll(together, []), [])
  })

  test('that are interrupted leave whole slices', async () => {
    const catalogue = memoryCatalogue()
    const stop = new AbortController()
    const slices = new Admissions(catalogue, new TestClock()).admitAll(ops, { openAll, signal: stop.signal })
    const first = await slices.next()
    stop.abort()
    await assert.rejects(slices.next(), { name: 'AbortError' })
    assert.equal(catalogue.counts().ops, first.value?.length)
    assert(catalogue.counts().ops < ops.length)
  })

  test('are judged in slices that take about as long, whatever an op costs', async () => {
    const clock = new TestClock()
    const slow = memoryCatalogue()
    const putOp = slow.putOp.bind(slow)
    let msPerOp = 1
    slow.putOp = (op, now) => {
      clock.advance(msPerOp)
      putOp(op, now)
    }
    const admissions = new Admissions(slow, clock)
    const many = [alice.genesis, ...Array.from({ length: 1800 }, (_, index) => alice.release(`many-${index % 300}`, `2.${index}.0`).bytes)]
    const sizes = async (envelopes: readonly Uint8Array[]): Promise<number[]> =>
      (await Array.fromAsync(admissions.admitAll(envelopes, { openAll, signal: never }))).map((slice) => slice.length)
    const dear = await sizes(many.slice(0, 1300))
    assert.equal(dear[0], 128)
    assert.equal(dear.at(-2), 32, dear.join(' '))
    msPerOp = 0
    const cheap = await sizes(many.slice(1300))
    assert.equal(cheap[0], 32)
    assert(cheap.includes(64), cheap.join(' '))
  })

  test('are told to have been dropped when that lasts, and not when the store took it back', async () => {
    const catalogue = memoryCatalogue()
    const log: string[] = []
    const settle = catalogue.settle.bind(catalogue)
    catalogue.settle = () => {
      settle()
      log.push('settled')
    }
    const policy: QuotaPolicy = { bytes: { total: 0, perIdentity: Infinity }, isDear: () => false, onDropped: () => void log.push('dropped') }
    const admissions = new Admissions(catalogue, new TestClock(), policy)
    await Array.fromAsync(admissions.admitAll(ops, { openAll, signal: never }))
    assert(log.includes('dropped'))
    assert.equal(log[log.indexOf('dropped') - 1], 'settled', log.join(', '))
    log.length = 0
    const slices = admissions.admitAll([new Publisher('bob').genesis, ...ops, alice.release('late', '9.0.0').bytes], { openAll, signal: never })
    await slices.next()
    catalogue.gather = () => assert.fail('the disk is full')
    await assert.rejects(slices.next(), /disk is full/)
    assert.equal(log.includes('dropped'), false, log.join(', '))
  })

  test('are settled when they are over, also when they are interrupted, and never more than some hundreds at a time', async () => {
    const catalogue = memoryCatalogue()
    let mostOpen = 0
    const [gather, settle] = [catalogue.gather.bind(catalogue), catalogue.settle.bind(catalogue)]
    catalogue.gather = (work) => {
      const result = gather(work)
      mostOpen = Math.max(mostOpen, catalogue.counts().ops - settledOps)
      return result
    }
    let settledOps = 0
    catalogue.settle = () => {
      settle()
      settledOps = catalogue.counts().ops
    }
    const many = [alice.genesis, ...Array.from({ length: 1500 }, (_, index) => alice.release(`more-${index % 300}`, `3.${index}.0`).bytes)]
    await admitAll(catalogue, many)
    assert.equal(settledOps, many.length)
    assert(mostOpen < 1000, `${mostOpen} at once`)
    const others = new Publisher('bob')
    const stop = new AbortController()
    const slices = new Admissions(catalogue, new TestClock()).admitAll([others.genesis, ...ops], { openAll, signal: stop.signal })
    await slices.next()
    await slices.return(undefined)
    assert.equal(settledOps, catalogue.counts().ops)
    assert(settledOps > many.length)
  })
})
