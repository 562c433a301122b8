import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type DomainAnswer, LIMITS } from '#core'
import { isFresh } from './is-fresh.ts'

const found: DomainAnswer = { state: 'found', claims: [] }
const absent: DomainAnswer = { state: 'absent' }
const malformed: DomainAnswer = { state: 'malformed', why: 'x' }
const unknown: DomainAnswer = { state: 'unknown', why: 'x' }

test('answers count for a day with a record, an hour without one, and minutes when a place could not be asked', () => {
  const lives: readonly (readonly [https: DomainAnswer, txt: DomainAnswer, ms: number])[] = [
    [found, absent, LIMITS.domainFoundMs], [absent, found, LIMITS.domainFoundMs], [found, malformed, LIMITS.domainFoundMs],
    [absent, absent, LIMITS.domainAbsentMs], [malformed, absent, LIMITS.domainAbsentMs],
    [found, unknown, LIMITS.domainUnknownMs], [unknown, absent, LIMITS.domainUnknownMs],
  ]
  for (const [https, txt, ms] of lives) {
    const known = { domain: 'ggen.io', answers: { https, txt }, askedAt: 1000, memory: { bound: [], rivals: [] } }
    assert.deepEqual([999, 1000, 1000 + ms - 1, 1000 + ms].map((now) => isFresh(known, now)), [false, true, true, false], `${https.state} ${txt.state}`)
  }
})
