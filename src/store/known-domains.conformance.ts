import assert from 'node:assert/strict'
import { suite, test, type TestContext } from 'node:test'
import { type DomainAnswer, isGgenError, type KnownDomain, LIMITS, parsePackageName } from '#core'
import { sampleIdentity } from './sample-ops.conformance.ts'
import type { TrustStore } from './trust-store.ts'

const CLAIMS = ['io.ggen.rust', 'io.ggen'].map((prefix) => ({ prefix: parsePackageName(prefix), identity: sampleIdentity(prefix) }))
const BOUND = { bound: CLAIMS.map((claim) => ({ ...claim, since: 5 })), rivals: [] }

const NOTHING: DomainAnswer = { state: 'absent' }

const known = (change: Partial<KnownDomain> = {}): KnownDomain =>
  ({ domain: 'ggen.io', answers: { https: NOTHING, txt: NOTHING }, askedAt: 1_700_000_000_123, memory: { bound: [], rivals: [] }, ...change })

/** What every trust store must do with domains. `open` gives an empty one and clears up after the test. */
export const knownDomainsConformance = (name: string, open: (context: TestContext) => TrustStore): void => {
  suite(`${name} knows domains`, () => {
    test('what is known comes back as it was put, and is replaced as a whole', (context) => {
      using store = open(context)
      assert.equal(store.knownDomain('ggen.io'), undefined)
      const answers: readonly DomainAnswer[] = [
        { state: 'found', claims: CLAIMS }, { state: 'found', claims: [] }, NOTHING, { state: 'malformed', why: 'not JSON' }, { state: 'unknown', why: '' },
      ]
      const memories = [BOUND, { bound: [], rivals: [] }, { ...BOUND, rivals: CLAIMS.toReversed().map((claim, since) => ({ ...claim, since })) }]
      for (const [index, https] of answers.entries()) {
        for (const memory of memories) {
          const put = known({ answers: { https, txt: answers.at(index - 1) ?? https }, askedAt: index, memory })
          store.putKnownDomain(put)
          assert.deepEqual(store.knownDomain('ggen.io'), put)
        }
      }
      assert.equal(store.knownDomain('example.com'), undefined)
    })

    test('what was proven is listed for all domains, and what merely was said is not', (context) => {
      using store = open(context)
      const answers = { https: { state: 'found', claims: CLAIMS }, txt: NOTHING } as const
      const [second] = CLAIMS.slice(1)
      assert(second !== undefined)
      store.putKnownDomain(known({ domain: 'z.io', memory: BOUND }))
      store.putKnownDomain(known({ domain: 'a.io', memory: { bound: [{ ...second, since: 1 }], rivals: BOUND.bound } }))
      store.putKnownDomain(known({ domain: 'm.io', answers }))
      assert.deepEqual([store.boundClaims(10), store.boundClaims(2)], [[second, ...CLAIMS], [second, ...CLAIMS].slice(0, 2)])
      store.putKnownDomain(known({ domain: 'z.io' }))
      assert.deepEqual(store.boundClaims(10), [second])
    })

    test('what is known of a domain is taken back with the transaction', (context) => {
      using store = open(context)
      store.putKnownDomain(known({ memory: BOUND }))
      assert.throws(() => store.transact(() => {
        store.putKnownDomain(known())
        store.putKnownDomain(known({ domain: 'example.com' }))
        throw new RangeError('no')
      }), RangeError)
      assert.deepEqual([store.knownDomain('ggen.io'), store.knownDomain('example.com')], [known({ memory: BOUND }), undefined])
    })

    test('domains are limited: those where nothing was proven go first, then those that were asked longest ago', (context) => {
      using store = open(context)
      const nth = (index: number, change: Partial<KnownDomain> = {}): KnownDomain => known({ domain: `n${index}.io`, askedAt: index, ...change })
      store.transact(() => {
        for (let index = 0; index < LIMITS.knownDomains - 2; index += 1) store.putKnownDomain(nth(index, { memory: BOUND }))
        for (const index of [20_001, 20_000]) store.putKnownDomain(nth(index))
      })
      const isKnown = (...indexes: readonly number[]): boolean[] => indexes.map((index) => store.knownDomain(`n${index}.io`) !== undefined)
      store.putKnownDomain(nth(30_000, { memory: BOUND }))
      assert.deepEqual(isKnown(0, 20_000, 20_001, 30_000), [true, false, true, true])
      store.putKnownDomain(nth(30_001, { memory: BOUND }))
      store.putKnownDomain(nth(30_002))
      assert.deepEqual(isKnown(0, 20_001, 30_001, 30_002), [true, false, true, false], 'what was proven makes no room for what was not')
      store.putKnownDomain(nth(30_003, { memory: BOUND }))
      assert.deepEqual(isKnown(0, 1, 30_003), [false, true, true])
    })

    test('a disposed store says so', (context) => {
      const store = open(context)
      store[Symbol.dispose]()
      for (const use of [() => store.knownDomain('ggen.io'), () => store.putKnownDomain(known()), () => store.boundClaims(1)]) {
        assert.throws(use, (error) => isGgenError(error, 'cancelled'))
      }
    })
  })
}
