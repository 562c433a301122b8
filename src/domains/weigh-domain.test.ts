import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import fc from 'fast-check'
import { type DomainAnswer, type DomainAnswers, type DomainClaim, type DomainMemory, type IdentityId, LIMITS, type PackageName, parsePackageName } from '#core'
import { type DomainQuestion, type DomainVerdict, NOTHING_REMEMBERED, weighDomain } from './weigh-domain.ts'

const [ALICE, BOB, CAROL] = ['alice', 'bob', 'carol'] as [IdentityId, IdentityId, IdentityId] & string[]
const DOMAIN = 'ggen.io'
const DAY = 24 * 3_600_000
const RUNS = Number(process.env['GGEN_TEST_RUNS'] ?? 300)

const claim = (prefix: string, identity: IdentityId): DomainClaim => ({ prefix: parsePackageName(prefix), identity })
const found = (...claims: readonly DomainClaim[]): DomainAnswer => ({ state: 'found', claims })
const absent: DomainAnswer = { state: 'absent' }
const unknown: DomainAnswer = { state: 'unknown', why: 'no route' }
const malformed: DomainAnswer = { state: 'malformed', why: 'not JSON' }
const of = (identity: IdentityId, prefix = 'io.ggen'): DomainAnswer => found(claim(prefix, identity))

const question = (change: Partial<Omit<DomainQuestion, 'name'>> & { readonly name?: string } = {}): DomainQuestion => {
  const { name = 'io.ggen.rust.cli', ...rest } = change
  return { domain: DOMAIN, name: parsePackageName(name), identity: ALICE, domains: [DOMAIN], pinned: undefined, ...rest }
}

const verdictOf = (https: DomainAnswer, txt: DomainAnswer, asked: Parameters<typeof question>[0] = {}): DomainVerdict =>
  weighDomain(NOTHING_REMEMBERED, { answers: { https, txt }, question: question(asked) }, 0).verdict

const short = (verdict: DomainVerdict): string => {
  if (verdict.verdict === 'unproven') return verdict.reason
  return verdict.verdict === 'conflict' ? verdict.kind : verdict.verdict
}

/** A node that asks one question after the other, each with what the domain says then. */
class Node {
  memory: DomainMemory = NOTHING_REMEMBERED

  ask(now: number, https: DomainAnswer, asked: Parameters<typeof question>[0] = {}): DomainVerdict {
    const { memory, verdict } = weighDomain(this.memory, { answers: { https, txt: absent }, question: question(asked) }, now)
    this.memory = memory
    return verdict
  }
}

suite('what the two places of a domain prove', () => {
  test('a record and an identity that name each other prove a name', () => {
    assert.deepEqual(verdictOf(of(ALICE), absent), { verdict: 'proven', domain: DOMAIN, by: 'https', prefix: 'io.ggen', since: 0 })
    assert.deepEqual(verdictOf(absent, of(ALICE)), { verdict: 'proven', domain: DOMAIN, by: 'txt', prefix: 'io.ggen', since: 0 })
    assert.equal(short(verdictOf(of(ALICE), of(ALICE))), 'proven')
  })

  test('one direction alone proves nothing', () => {
    assert.equal(short(verdictOf(of(ALICE), absent, { domains: [] })), 'one-sided')
    assert.equal(short(verdictOf(of(ALICE), absent, { domains: ['www.ggen.io', 'ggen.com'] })), 'one-sided')
    assert.deepEqual(verdictOf(of(BOB), absent), { verdict: 'unproven', domain: DOMAIN, reason: 'other-identity', names: BOB })
  })

  test('a domain that says nothing leaves its names free; one that says something does not', () => {
    assert.equal(short(verdictOf(absent, absent)), 'unclaimed')
    assert.equal(short(verdictOf(found(), absent)), 'not-covered')
    assert.equal(short(verdictOf(of(ALICE, 'io.ggen.web'), absent)), 'not-covered')
  })

  test('HTTPS beats TXT, and both must agree where both speak', () => {
    assert.deepEqual(verdictOf(of(ALICE), of(BOB)), { verdict: 'conflict', kind: 'sources', domain: DOMAIN, https: ALICE, txt: BOB })
    assert.equal(short(verdictOf(of(ALICE), of(BOB), { identity: BOB })), 'sources')
    assert.deepEqual(verdictOf(of(ALICE, 'io.ggen.web'), of(BOB)), { verdict: 'conflict', kind: 'sources', domain: DOMAIN, txt: BOB }, 'TXT may not say more')
    assert.equal(short(verdictOf(of(ALICE), of(BOB, 'io.ggen.web'))), 'proven', 'a difference elsewhere does not matter here')
    for (const txt of [unknown, malformed, absent]) assert.equal(short(verdictOf(of(ALICE), txt)), 'proven')
  })

  test('TXT alone counts only when HTTPS said for sure that it has no record', () => {
    assert.equal(short(verdictOf(unknown, of(ALICE))), 'unreachable')
    assert.equal(short(verdictOf(malformed, of(ALICE))), 'malformed')
    assert.equal(short(verdictOf(absent, of(ALICE))), 'proven')
  })

  test('what cannot be asked or read is neither a proof nor free', () => {
    assert.deepEqual(verdictOf(unknown, absent), { verdict: 'unproven', domain: DOMAIN, reason: 'unreachable', why: 'no route' })
    assert.equal(short(verdictOf(absent, unknown)), 'unreachable')
    assert.equal(short(verdictOf(absent, malformed)), 'malformed')
  })

  test('the longest prefix decides', () => {
    const delegated = found(claim('io.ggen', ALICE), claim('io.ggen.rust', BOB))
    assert.equal(short(verdictOf(delegated, absent, { name: 'io.ggen.web' })), 'proven')
    assert.equal(short(verdictOf(delegated, absent)), 'other-identity')
    assert.equal(short(verdictOf(delegated, absent, { identity: BOB })), 'proven')
  })

  test('a pin stands against the domain', () => {
    assert.deepEqual(verdictOf(of(BOB), absent, { pinned: ALICE }), { verdict: 'conflict', kind: 'rebound', domain: DOMAIN, before: ALICE, now: BOB })
    assert.equal(short(verdictOf(of(BOB), absent, { identity: BOB, pinned: ALICE })), 'rebound')
    assert.equal(short(verdictOf(of(ALICE), absent, { pinned: ALICE })), 'proven')
    assert.equal(short(verdictOf(absent, absent, { pinned: ALICE })), 'unclaimed')
  })
})

suite('a record that turns to another identity', () => {
  test('waits fourteen days from its first sight, and counts then', () => {
    const node = new Node()
    assert.equal(short(node.ask(0, of(ALICE))), 'proven')
    const waiting = { verdict: 'waiting', domain: DOMAIN, before: ALICE, now: BOB, since: DAY, until: 15 * DAY }
    assert.deepEqual(node.ask(DAY, of(BOB), { identity: BOB }), waiting)
    assert.deepEqual(node.ask(15 * DAY - 1, of(BOB), { identity: BOB }), waiting)
    assert.deepEqual(node.ask(15 * DAY - 1, of(BOB)), waiting, 'the one before is not proven any more')
    assert.equal(short(node.ask(15 * DAY - 1, of(BOB), { identity: CAROL })), 'other-identity')
    assert.deepEqual(node.ask(15 * DAY, of(BOB), { identity: BOB }), { verdict: 'proven', domain: DOMAIN, by: 'https', prefix: 'io.ggen', since: 15 * DAY })
    assert.equal(short(node.ask(15 * DAY, of(BOB))), 'other-identity')
    assert.equal(node.ask(16 * DAY, of(ALICE)).verdict, 'waiting', 'and the way back is as long')
  })

  test('waits also for names of the domain that were never asked for, and under a longer prefix', () => {
    const node = new Node()
    node.ask(0, of(ALICE))
    assert.equal(short(node.ask(1, of(BOB), { identity: BOB, name: 'io.ggen.new' })), 'waiting')
    const narrow = found(claim('io.ggen', ALICE), claim('io.ggen.rust.cli', BOB))
    assert.equal(short(node.ask(2, narrow, { identity: BOB })), 'waiting')
    assert.equal(short(node.ask(2, narrow, { name: 'io.ggen.new' })), 'proven', 'where nothing changed nothing waits')
    assert.equal(short(node.ask(2, narrow, { identity: BOB })), 'waiting', 'and a proof beside it shortens no wait')
  })

  test('waits where something narrower was bound before', () => {
    const node = new Node()
    node.ask(0, of(BOB, 'io.ggen.rust'), { identity: BOB })
    assert.equal(short(node.ask(1, of(ALICE))), 'waiting')
    assert.equal(short(node.ask(1, of(ALICE), { name: 'io.ggen.web' })), 'proven')
    assert.equal(short(node.ask(1 + 14 * DAY, of(ALICE))), 'proven')
    assert.deepEqual(node.memory.bound.map(({ prefix, identity }) => `${prefix} ${identity}`), ['io.ggen alice'])
    assert.deepEqual(node.memory.rivals, [])
  })

  test('begins to wait anew after it was gone, and not after the domain could not be asked', () => {
    const node = new Node()
    node.ask(0, of(ALICE))
    node.ask(0, of(BOB), { identity: BOB })
    for (const gap of [unknown, malformed]) node.ask(DAY, gap)
    assert.deepEqual(node.ask(2 * DAY, of(BOB), { identity: BOB }), { verdict: 'waiting', domain: DOMAIN, before: ALICE, now: BOB, since: 0, until: 14 * DAY })
    for (const gap of [of(ALICE), absent]) {
      node.ask(3 * DAY, gap)
      assert.equal(short(node.ask(15 * DAY, of(BOB), { identity: BOB })), 'waiting')
    }
  })

  test('is not forgotten while the domain has no record: it may have changed hands', () => {
    const node = new Node()
    node.ask(0, of(ALICE))
    assert.deepEqual(node.ask(1, absent, { identity: BOB }), { verdict: 'unproven', domain: DOMAIN, reason: 'record-gone', names: ALICE })
    assert.equal(short(node.ask(2, of(BOB), { identity: BOB })), 'waiting')
  })

  test('is a conflict for those who pinned the name, however long it stands', () => {
    const node = new Node()
    node.ask(0, of(ALICE))
    for (const now of [DAY, 400 * DAY]) assert.equal(short(node.ask(now, of(BOB), { identity: BOB, pinned: ALICE })), 'rebound')
  })

  test('means nothing where the first one was never proven', () => {
    const node = new Node()
    assert.equal(short(node.ask(0, of(ALICE), { domains: [] })), 'one-sided')
    assert.equal(short(node.ask(1, of(BOB), { identity: BOB })), 'proven')
  })

  test('is no turn when the record named several from the beginning', () => {
    const node = new Node()
    const delegated = found(claim('io.ggen', ALICE), claim('io.ggen.rust', BOB))
    assert.equal(short(node.ask(0, delegated, { name: 'io.ggen.web' })), 'proven')
    assert.equal(short(node.ask(0, delegated, { identity: BOB })), 'proven')
    assert.equal(short(node.ask(1, of(ALICE))), 'waiting', 'but taking it back is one')
  })

  test('keeps the day of the first proof while nothing changes', () => {
    const node = new Node()
    node.ask(5, of(ALICE))
    const wider = found(claim('io.ggen', ALICE), claim('io.ggen.rust', ALICE))
    const again = node.ask(DAY, wider)
    assert.ok(again.verdict === 'proven' && again.since === 5)
  })
})

suite('whatever happens', () => {
  const prefixes = ['io.ggen', 'io.ggen.rust', 'io.ggen.rust.cli', 'io.ggen.web']
  const claims = fc.uniqueArray(fc.record({ prefix: fc.constantFrom(...prefixes as PackageName[]), identity: fc.constantFrom(ALICE, BOB) }), {
    selector: ({ prefix }) => prefix, maxLength: 3,
  })
  const answer: fc.Arbitrary<DomainAnswer> = fc.oneof(
    { weight: 4, arbitrary: claims.map((list) => found(...list)) }, fc.constantFrom(absent, unknown, malformed),
  )
  const steps = fc.array(
    fc.record({ https: answer, txt: answer, days: fc.nat(8), identity: fc.constantFrom(ALICE, BOB), name: fc.constantFrom(...prefixes) }), { maxLength: 20 },
  )

  /** Whom the answers name for a name, by the rules said in words: HTTPS, or TXT where HTTPS has nothing. */
  const spoken = ({ https, txt }: DomainAnswers, name: string): IdentityId | undefined => {
    const answered = https.state === 'absent' ? txt : https
    if (answered.state !== 'found') return undefined
    const covering = answered.claims.filter(({ prefix }) => `${name}.`.startsWith(`${prefix}.`))
    return covering.sort((a, b) => b.prefix.length - a.prefix.length)[0]?.identity
  }

  test('only whom the domain names is proven, and never within fourteen days of somebody else', () => {
    fc.assert(fc.property(steps, (list) => {
      let memory = NOTHING_REMEMBERED
      let now = 0
      const proofs: { name: string; identity: IdentityId; at: number }[] = []
      for (const { days, identity, name, ...answers } of list) {
        now += days * DAY
        const asked = { answers, question: question({ name, identity }) }
        const first = weighDomain(memory, asked, now)
        assert.deepEqual(weighDomain(first.memory, asked, now).memory, first.memory, 'asking twice changes nothing more')
        memory = first.memory
        if (first.verdict.verdict !== 'proven') continue
        assert.equal(spoken(answers, name), identity)
        const other = proofs.findLast((proof) => proof.name === name && proof.identity !== identity)
        assert.ok(other === undefined || now - other.at >= LIMITS.domainRebindMs, `${name} changed hands after ${(now - (other?.at ?? 0)) / DAY} days`)
        proofs.push({ name, identity, at: now })
      }
      assert.ok(memory.bound.length <= prefixes.length && memory.rivals.length <= prefixes.length)
    }), { numRuns: RUNS })
  })

  test('nobody but the pinned one is ever proven for a pinned name', () => {
    fc.assert(fc.property(steps, (list) => {
      let memory = NOTHING_REMEMBERED
      for (const [index, { identity, name, https, txt }] of list.entries()) {
        const weighed = weighDomain(memory, { answers: { https, txt }, question: question({ name, identity, pinned: ALICE }) }, index * 20 * DAY)
        memory = weighed.memory
        assert.ok(weighed.verdict.verdict !== 'proven' || identity === ALICE)
      }
    }), { numRuns: RUNS })
  })
})
