import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { type DomainAnswers, isGgenError, LIMITS, parsePackageName } from '#core'
import { memoryTrustStore, type TrustStore } from '#store'
import { type DomainRecords, type DomainVerdict, MemoryDomainRecords } from '#domains'
import { identityNaming, TestClock, txtRecord, wellKnown } from '#testing'
import { DomainProofs } from './domain-proofs.ts'

const NAME = parsePackageName('io.ggen.rust.cli')
const ALICE = identityNaming('alice', 'ggen.io')
const BOB = identityNaming('bob', 'ggen.io')
const going = (): AbortSignal => new AbortController().signal
const naming = ({ identity }: typeof ALICE, prefix = 'io.ggen'): { prefix: string; identity: string } => ({ prefix, identity })

interface Scene extends Disposable {
  readonly records: MemoryDomainRecords
  readonly clock: TestClock
  readonly store: TrustStore
  readonly proofs: DomainProofs
  prove(view?: typeof ALICE, name?: string): Promise<DomainVerdict>
}

const scene = (store = memoryTrustStore()): Scene => {
  const [records, clock] = [new MemoryDomainRecords(), new TestClock()]
  const proofs = new DomainProofs({ records, clock, store })
  const prove: Scene['prove'] = (view = ALICE, name = NAME) => proofs.prove(parsePackageName(name), view, going())
  return { records, clock, store, proofs, prove, [Symbol.dispose]: () => proofs[Symbol.dispose]() }
}

const day = 24 * 3_600_000

suite('the domain of a name', () => {
  test('proves an identity that names it', async () => {
    using here = scene()
    here.records.publish('ggen.io', { wellKnown: wellKnown(naming(ALICE)) })
    assert.deepEqual(await here.prove(), { verdict: 'proven', domain: 'ggen.io', by: 'https', prefix: 'io.ggen', since: here.clock.now() })
    assert.deepEqual(await here.prove(BOB), { verdict: 'unproven', domain: 'ggen.io', reason: 'other-identity', names: ALICE.identity })
  })

  test('does not prove an identity that has only a genesis, or that names other domains', async () => {
    for (const domains of [[], ['example.com', 'rust.ggen.io']]) {
      using here = scene()
      const carol = identityNaming('carol', ...domains)
      here.records.publish('ggen.io', { wellKnown: wellKnown(naming(carol)) })
      assert.deepEqual(await here.prove(carol), { verdict: 'unproven', domain: 'ggen.io', reason: 'one-sided' })
    }
  })

  test('is not asked for names that belong to none', async () => {
    using here = scene()
    for (const name of ['http-kit', '@types/node', 'io.ggen/cli', 'chart.js']) {
      assert.deepEqual(await here.prove(ALICE, name), { verdict: 'unproven', reason: 'no-domain' })
    }
    assert.deepEqual(here.records.asked, [])
  })

  test('is asked again only when its answer is old, and remembered by the store', async () => {
    using here = scene()
    here.records.publish('ggen.io', { wellKnown: wellKnown(naming(ALICE)) })
    for (const name of ['io.ggen.a', 'io.ggen.b', 'io.ggen']) await here.prove(ALICE, name)
    here.clock.advance(LIMITS.domainFoundMs - 1)
    await here.prove()
    assert.deepEqual(here.records.asked, ['ggen.io'])
    using later = scene(here.store)
    await later.prove()
    assert.deepEqual(later.records.asked, [], 'another process with the same store')
    here.clock.advance(1)
    await here.prove()
    assert.equal(here.records.asked.length, 2)
  })

  test('that cannot be asked is asked again soon, and does not lose what was proven', async () => {
    using here = scene()
    here.records.publish('ggen.io', { wellKnown: wellKnown(naming(ALICE)) })
    const first = await here.prove()
    here.clock.advance(day)
    here.records.publish('ggen.io', { wellKnown: null })
    assert.deepEqual(await here.prove(), { verdict: 'unproven', domain: 'ggen.io', reason: 'unreachable', why: 'nobody answers' })
    here.records.publish('ggen.io', { wellKnown: wellKnown(naming(ALICE)) })
    here.clock.advance(LIMITS.domainUnknownMs)
    assert.deepEqual(await here.prove(), first)
  })
})

suite('a domain that names another identity', () => {
  test('waits where there is no pin, and is a conflict where there is one', async () => {
    for (const isPinned of [false, true]) {
      using here = scene()
      here.records.publish('ggen.io', { wellKnown: wellKnown(naming(ALICE)) })
      await here.prove()
      if (isPinned) here.store.putPin({ name: NAME, identity: ALICE.identity, since: 0, how: 'first-use' })
      here.records.publish('ggen.io', { wellKnown: wellKnown(naming(BOB)) })
      here.clock.advance(day)
      const since = here.clock.now()
      const first = await here.prove(BOB)
      const turn = { domain: 'ggen.io', before: ALICE.identity, now: BOB.identity }
      assert.deepEqual(first, isPinned ? { verdict: 'conflict', kind: 'rebound', ...turn } : { verdict: 'waiting', ...turn, since, until: since + 14 * day })
      here.clock.advance(14 * day)
      assert.equal((await here.prove(BOB)).verdict, isPinned ? 'conflict' : 'proven')
    }
  })

  test('in one of its places is a conflict', async () => {
    using here = scene()
    here.records.publish('ggen.io', { wellKnown: wellKnown(naming(ALICE)), txt: [txtRecord(naming(BOB))] })
    const conflict = { verdict: 'conflict', kind: 'sources', domain: 'ggen.io', https: ALICE.identity, txt: BOB.identity }
    for (const view of [ALICE, BOB]) assert.deepEqual(await here.prove(view), conflict)
  })
})

suite('asking domains', () => {
  /** Answers when it is told to. */
  const held = (): { records: DomainRecords; asked: string[]; answer: (answers: DomainAnswers) => void } => {
    const { promise, resolve } = Promise.withResolvers<DomainAnswers>()
    const asked: string[] = []
    const ask: DomainRecords['ask'] = (domain, signal) => {
      asked.push(domain)
      const aborted = Promise.withResolvers<never>()
      signal.addEventListener('abort', () => aborted.reject(signal.reason), { once: true })
      return Promise.race([promise, aborted.promise])
    }
    return { records: { ask }, asked, answer: resolve }
  }

  const over = (records: DomainRecords): DomainProofs => new DomainProofs({ records, clock: new TestClock(), store: memoryTrustStore() })
  const absent: DomainAnswers = { https: { state: 'absent' }, txt: { state: 'absent' } }

  test('happens once for all who want to know, and goes on when one of them leaves', async () => {
    const { records, asked, answer } = held()
    using proofs = over(records)
    const leaving = new AbortController()
    const waiting = ['io.ggen.a', 'io.ggen.b'].map((name) => proofs.prove(parsePackageName(name), ALICE, going()))
    const left = proofs.prove(NAME, ALICE, leaving.signal)
    leaving.abort()
    await assert.rejects(left, (error) => isGgenError(error, 'cancelled'))
    answer(absent)
    assert.deepEqual((await Promise.all(waiting)).map((verdict) => verdict.verdict === 'unproven' && verdict.reason), ['unclaimed', 'unclaimed'])
    assert.deepEqual(asked, ['ggen.io'])
  })

  test('is limited, and ends when everything ends', async () => {
    const { records, asked } = held()
    const proofs = over(records)
    const name = (index: number): Parameters<DomainProofs['prove']>[0] => parsePackageName(`io.ggen${index}.tool`)
    const waiting = Array.from({ length: LIMITS.domainLookups }, (_, index) => proofs.prove(name(index), ALICE, going()))
    await assert.rejects(proofs.prove(name(99), ALICE, going()), (error) => isGgenError(error, 'too-busy'))
    assert.equal(asked.length, LIMITS.domainLookups)
    proofs[Symbol.dispose]()
    const ended = await Promise.allSettled(waiting)
    assert.ok(ended.every(({ status }) => status === 'rejected'))
  })

  test('does not begin for who has left', async () => {
    const { records, asked } = held()
    using proofs = over(records)
    await assert.rejects(proofs.prove(NAME, ALICE, AbortSignal.abort()), (error) => isGgenError(error, 'cancelled'))
    assert.deepEqual(asked, [])
  })
})
