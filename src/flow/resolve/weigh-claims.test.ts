import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import type { Evidence, IdentityId, NameClaim } from '#core'
import { byWeight, weighClaims } from './weigh-claims.ts'

const [alice, bob, carol] = ['alice', 'bob', 'carol'].map((name) => name as IdentityId) as [IdentityId, IdentityId, IdentityId]
const pinned: Evidence = { kind: 'pinned', since: 1, how: 'first-use' }
const locked: Evidence = { kind: 'locked' }
const chosen: Evidence = { kind: 'chosen' }
const namespace: Evidence = { kind: 'namespace', pattern: 'io.acme.*' }
const domain: Evidence = { kind: 'domain', domain: 'ggen.example', via: 'https' }
const endorsed: Evidence = { kind: 'endorsed', by: [carol] }
const claim = (identity: IdentityId, ...evidence: readonly Evidence[]): NameClaim => ({ identity, evidence })
const blocked = (identity: IdentityId, ...evidence: readonly Evidence[]): NameClaim => ({ identity, evidence, blocked: { by: carol, why: 'malware' } })

describe('whom a name means', () => {
  test('is nobody where nobody claims it, and an open question where one does for whom nothing speaks', () => {
    assert.deepEqual(weighClaims([]), { outcome: 'unknown' })
    assert.deepEqual(weighClaims([claim(alice)]), { outcome: 'unverified', identity: alice })
  })

  test('is never decided between several for whom nothing speaks', () => {
    assert.deepEqual(weighClaims([claim(alice), claim(bob)]), { outcome: 'contested' })
    assert.deepEqual(weighClaims([claim(alice, endorsed), claim(bob, endorsed)]), { outcome: 'contested' })
  })

  test('is whoever the strongest evidence names, however many others claim it', () => {
    const order = [pinned, locked, chosen, namespace, domain, endorsed]
    for (const [index, evidence] of order.entries()) {
      assert.deepEqual(weighClaims([claim(bob), claim(alice, evidence), claim(carol)]), { outcome: 'trusted', identity: alice, evidence })
      for (const weaker of order.slice(Math.max(index + 1, 4))) {
        assert.equal(weighClaims([claim(bob, weaker), claim(alice, evidence)]).outcome, 'trusted', `${evidence.kind} before ${weaker.kind}`)
      }
    }
  })

  test('is asked of a person when something that binds names another than the pin', () => {
    for (const evidence of [locked, chosen, namespace]) {
      const verdict = weighClaims([claim(bob, evidence), claim(alice, pinned)])
      assert.deepEqual(verdict, { outcome: 'changed', pinned: alice, other: bob, evidence })
    }
    assert.equal(weighClaims([claim(bob, domain), claim(alice, pinned)]).outcome, 'trusted', 'a domain that changed hands moves no pin')
  })

  test('is not somebody who is blocked, and a pin to him is not moved to another', () => {
    assert.deepEqual(weighClaims([blocked(alice, endorsed), claim(bob)]), { outcome: 'unverified', identity: bob })
    assert.deepEqual(weighClaims([blocked(alice, pinned), claim(bob)]), { outcome: 'blocked', identity: alice, block: { by: carol, why: 'malware' } })
    assert.equal(weighClaims([blocked(alice)]).outcome, 'blocked')
  })

  test('does not depend on the order of the claims', () => {
    const evidence = fc.subarray([pinned, locked, chosen, namespace, domain, endorsed])
    const arbitrary = fc.tuple(evidence, fc.boolean(), evidence, fc.boolean(), evidence)
    fc.assert(fc.property(arbitrary, ([one, isOneBlocked, two, isTwoBlocked, three]) => {
      const [first, second] = [isOneBlocked ? blocked(alice, ...one) : claim(alice, ...one), isTwoBlocked ? blocked(bob, ...two) : claim(bob, ...two)]
      const claims = [first, second, claim(carol, ...three)]
      const [verdict, turned] = [weighClaims(claims), weighClaims(claims.toReversed())]
      assert.equal(verdict.outcome, turned.outcome)
      if (verdict.outcome === 'trusted' && turned.outcome === 'trusted') assert.equal(verdict.identity, turned.identity)
    }))
  })

  test('is explained strongest first', () => {
    assert.deepEqual(byWeight([endorsed, domain, pinned]), [pinned, domain, endorsed])
  })
})
