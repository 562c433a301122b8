import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type Evidence, type IdentityId, type NameVerdict, parsePackageName, type TrustReport } from '#core'
import { boundText, reportText, trustedText, unboundText } from './describe-trust.ts'
import type { Look } from './look.ts'

const same = (text: string): string => text
const look = (isTTY: boolean): Look => ({ isTTY, columns: 120, bold: same, dim: same, red: same, command: 'ggen' })
const [ADA, BOB] = ['a', 'b'].map((letter) => `bafyrei${letter.repeat(52)}` as IdentityId) as [IdentityId, IdentityId]
const NAME = parsePackageName('tool')
const BOUND = { name: NAME, identity: ADA, since: 1_795_232_949_000, how: 'first-use' } as const

const report = (verdict: NameVerdict, evidence: readonly Evidence[] = [], change: Partial<TrustReport> = {}): string =>
  reportText({ name: NAME, verdict, claims: [{ identity: ADA, evidence, knownSince: 1_795_232_949_000 }], claimCount: 1, ...change }, look(true))

describe('what people read of trust', () => {
  test('is a table of names, and one line of whole values for programs', () => {
    assert.match(trustedText({ names: [BOUND] }, look(true)), /tool +aaaa-aaaa-aaaa +2026-11-21 03:49Z +accepted at the first install/)
    assert.equal(trustedText({ names: [BOUND] }, look(false)), `tool\t${ADA}\t1795232949000\tfirst-use\n`)
    assert.equal(trustedText({ names: [] }, look(true)), '')
    assert.match(boundText(BOUND, look(true)), /^tool means the package of aaaa-aaaa-aaaa/)
    assert.match(unboundText(BOUND, look(true)), /not bound to aaaa-aaaa-aaaa any more/)
  })

  test('says of every verdict what it means', () => {
    const verdicts: readonly (readonly [NameVerdict, RegExp])[] = [
      [{ outcome: 'trusted', identity: ADA, evidence: { kind: 'chosen' } }, /^tool means the package of aaaa/],
      [{ outcome: 'unverified', identity: ADA }, /alone, and nothing that you trust says/],
      [{ outcome: 'contested' }, /several publishers/],
      [{ outcome: 'changed', pinned: ADA, other: BOB, evidence: { kind: 'locked' } }, /is bound to aaaa.*names bbbb/],
      [{ outcome: 'blocked', identity: ADA, block: { by: BOB } }, /is not installed/],
      [{ outcome: 'unknown' }, /nobody publishes under it/],
    ]
    for (const [verdict, text] of verdicts) assert.match(report(verdict), text)
  })

  test('says of every evidence where it comes from', () => {
    const evidence: readonly (readonly [Evidence, RegExp])[] = [
      [{ kind: 'pinned', since: 1_795_232_949_000, how: 'own' }, /bound here since 2026-11-21 03:49Z: published from here/],
      [{ kind: 'locked' }, /named by ggen\.lock/],
      [{ kind: 'chosen' }, /chosen by you now/],
      [{ kind: 'namespace', pattern: 'io.acme.*' }, /the configuration for io\.acme\.\*/],
      [{ kind: 'domain', domain: 'acme.example', via: 'https' }, /acme\.example \(over HTTPS\)/],
      [{ kind: 'domain', domain: 'acme.example', via: 'dns' }, /in the DNS/],
      [{ kind: 'endorsed', by: [BOB] }, /vouched for by bbbb-bbbb-bbbb/],
    ]
    for (const [one, text] of evidence) assert.match(report({ outcome: 'unverified', identity: ADA }, [one]), text)
    assert.match(report({ outcome: 'unverified', identity: ADA }), /known here since .*\n {4}nothing speaks for it/)
  })

  test('shows blocks, what the domain says, and how many were left out, without letting strangers paint the terminal', () => {
    const advice = [{ by: BOB, range: '<2', severity: 'low' as const, why: 'le\u001B[2Jaks', at: 1 }]
    const claims = [{ identity: ADA, evidence: [], blocked: { by: BOB, why: 'mal\u001B[2Jware' }, advice }]
    const domain = { domain: 'acme.example', state: 'conflict', why: 'HTTPS and DNS differ' } as const
    const text = report({ outcome: 'contested' }, [], { claims, claimCount: 3, domain })
    assert.match(text, /blocked by bbbb-bbbb-bbbb, whom you follow: mal\[2Jware/)
    assert.match(text, /\n {4}low, says bbbb-bbbb-bbbb of <2: le\[2Jaks\n/)
    assert.match(text, /not known here/)
    assert.match(text, /… and 2 more publishers/)
    assert.match(text, /acme\.example: HTTPS and DNS differ/)
  })

  test('ends with what a name can be taken for, as strangers must not paint it either', () => {
    const alike = { kind: 'letter', because: 'older', identity: BOB } as const
    const lookAlikes = [{ ...alike, known: parsePackageName('tools') }, { ...alike, known: 'to\u001B[2Jl' as typeof NAME }]
    assert.ok(report({ outcome: 'unverified', identity: ADA }, [], { lookAlikes }).endsWith([
      '    nothing speaks for it', '',
      'WARNING: tool can be taken for tools: one letter is another one, missing or too many (which has been known here for much longer)',
      'WARNING: tool can be taken for to[2Jl: one letter is another one, missing or too many (which has been known here for much longer)', '',
    ].join('\n')))
  })
})
