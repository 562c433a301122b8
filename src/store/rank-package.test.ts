import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { parsePackageName } from '#core'
import { FIELDS, type Match, Ranking } from './rank-package.ts'
import { sampleIdentity } from './sample-ops.conformance.ts'

const NAME = parsePackageName('tool')
const ALICE = sampleIdentity('alice')
const NOW = 2 ** 31
const ranking = new Ranking({ kept: [{ identity: ALICE, name: NAME, reason: 'pin' }] }, NOW)

const match = fc.record({
  name: fc.constantFrom(NAME, parsePackageName('other')), identity: fc.constantFrom(ALICE, sampleIdentity('bob')), at: fc.nat(NOW), known: fc.nat(2 * NOW),
  deprecated: fc.boolean(), field: fc.constantFrom(...FIELDS.slice(0, 5)), isWhole: fc.boolean(), isCorrected: fc.boolean(),
})

test('a better field beats everything else, and what was typed beats what was corrected', () => {
  fc.assert(fc.property(match, match, (a: Match, b: Match) => {
    const [one, other] = [ranking.scoreOf(a), ranking.scoreOf(b)]
    if (a.isCorrected !== b.isCorrected) assert.equal(one > other, b.isCorrected)
    else if (!a.isCorrected && a.field !== b.field) assert.equal(one > other, FIELDS.indexOf(a.field) < FIELDS.indexOf(b.field))
  }))
})

test('the parts add up to a score in [0, 1]', () => {
  fc.assert(fc.property(match, (a: Match) => {
    const [score, parts] = [ranking.scoreOf(a), ranking.partsOf(a)]
    assert(score >= 0 && score <= 1)
    assert(Math.abs(parts.reduce((sum, { points }) => sum + points, 0) - score) < 0.0011)
  }))
})

test('a date in the future gives no experience', () => {
  const base: Match = { name: NAME, identity: ALICE, at: 0, known: NOW, deprecated: false, field: 'name', isWhole: false, isCorrected: false }
  assert.deepEqual(ranking.partsOf({ ...base, known: 2 * NOW }), ranking.partsOf(base))
  assert(ranking.scoreOf({ ...base, known: 0 }) > ranking.scoreOf(base))
})
