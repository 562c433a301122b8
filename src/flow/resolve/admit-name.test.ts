import assert from 'node:assert/strict'
import { test } from 'node:test'
import { GgenError, type IdentityId, type NameVerdict, parsePackageName, type TrustReport } from '#core'
import { installedPublisher, shownPublisher } from './admit-name.ts'

const name = parsePackageName('http-kit')
const [ALICE, BOB] = ['a', 'b'].map((letter) => `bafyrei${letter.repeat(52)}` as IdentityId) as [IdentityId, IdentityId]
const report = (verdict: NameVerdict, change: Partial<TrustReport> = {}): TrustReport =>
  ({ name, verdict, claims: [{ identity: ALICE, evidence: [] }], claimCount: 1, ...change })

const refusalOf = (asked: TrustReport): GgenError | undefined => {
  try {
    installedPublisher(asked, 'ask')
    return undefined
  } catch (error) {
    assert(error instanceof GgenError)
    return error
  }
}

test('Whom the evidence names is taken, and the single claim where the operator takes those', () => {
  assert.equal(installedPublisher(report({ outcome: 'trusted', identity: ALICE, evidence: { kind: 'chosen' } }), 'ask'), ALICE)
  assert.equal(installedPublisher(report({ outcome: 'unverified', identity: ALICE }), 'accept'), ALICE)
  assert.equal(installedPublisher(report({ outcome: 'unknown' }), 'ask'), undefined)
})

test('For looking at it, whoever is meant is shown, also who may not be installed', () => {
  const shown: readonly NameVerdict[] = [
    { outcome: 'trusted', identity: ALICE, evidence: { kind: 'chosen' } }, { outcome: 'unverified', identity: ALICE },
    { outcome: 'changed', pinned: ALICE, other: BOB, evidence: { kind: 'locked' } }, { outcome: 'blocked', identity: ALICE, block: { by: 'you' } },
  ]
  for (const verdict of shown) assert.equal(shownPublisher(report(verdict)), ALICE, verdict.outcome)
  assert.equal(shownPublisher(report({ outcome: 'unknown' })), undefined)
  assert.throws(() => shownPublisher(report({ outcome: 'contested' })), { code: 'name-contested' })
})

test('Everybody else is, with what to do about it', () => {
  const unverified = refusalOf(report({ outcome: 'unverified', identity: ALICE }))
  assert.deepEqual([unverified?.code, unverified?.kind.exitCode, unverified?.hint.includes(`--trust ${ALICE}`)], ['name-unverified', 6, true])
  const changed = refusalOf(report({ outcome: 'changed', pinned: ALICE, other: BOB, evidence: { kind: 'locked' } }))
  assert.equal(changed?.message, `http-kit is bound to ${ALICE}, and ggen.lock names ${BOB}`)
  const blocked = refusalOf(report({ outcome: 'blocked', identity: ALICE, block: { by: BOB, why: 'malware' } }))
  assert.deepEqual([blocked?.code, blocked?.message], ['denied', 'http-kit of aaaa-aaaa-aaaa is blocked by bbbb-bbbb-bbbb: malware'])
})

test('What a name can be taken for is said where it has to be confirmed or chosen', () => {
  const lookAlikes = [{ known: parsePackageName('httpkit'), kind: 'separators', because: 'bound', identity: BOB }] as const
  const unverified = refusalOf(report({ outcome: 'unverified', identity: ALICE }, { lookAlikes }))
  assert.match(unverified?.message ?? '', /its author; it can be taken for httpkit: only the separators differ \(which is bound here\)$/)
  assert.deepEqual(unverified?.details, { name, identity: ALICE, lookAlikes })
  const contested = refusalOf(report({ outcome: 'contested' }, { lookAlikes }))
  assert.match(contested?.message ?? '', /; it can be taken for httpkit: only the separators differ \(which is bound here\)$/)
  assert.deepEqual(contested?.details['lookAlikes'], lookAlikes)
})

test('A contested name lists who claims it and what speaks for each, and says how many there are', () => {
  const claims = [{ identity: BOB, evidence: [{ kind: 'endorsed', by: [ALICE] }] as const }, { identity: ALICE, evidence: [] }]
  const error = refusalOf(report({ outcome: 'contested' }, { claims, claimCount: 1000 }))
  assert.equal(error?.code, 'name-contested')
  const list = 'bbbb-bbbb-bbbb (vouched for by publishers you follow), aaaa-aaaa-aaaa, 998 more'
  assert.equal(error.message, `http-kit is claimed by 1000 publishers and you have not chosen one: ${list}`)
  assert.deepEqual(error.details, { name, identities: [BOB, ALICE] })
})
