import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import fc from 'fast-check'
import { type IdentityId, LIMITS, opIdOfHash } from '#core'
import { readTxtRecords, readWellKnown } from './read-record.ts'

const identity = (label: string): IdentityId => opIdOfHash(createHash('sha256').update(label).digest()) as IdentityId
const ALICE = identity('alice')
const DOMAIN = 'ggen.io'
const RUNS = Number(process.env['GGEN_TEST_RUNS'] ?? 300)

const json = (claims: unknown, more: object = {}): string => JSON.stringify({ v: 1, claims, ...more })
const claim = (prefix: string, by = ALICE): object => ({ prefix, identity: by })

test('a record says who speaks for which prefixes', () => {
  const claims = [{ prefix: 'io.ggen', identity: ALICE }, { prefix: 'io.ggen.rust', identity: identity('bob') }]
  assert.deepEqual(readWellKnown(json(claims), DOMAIN), { state: 'found', claims })
  const texts = claims.map((each) => `ggen=v1; id=${each.identity}; prefix=${each.prefix}`)
  assert.deepEqual(readTxtRecords(texts, DOMAIN), { state: 'found', claims })
  assert.deepEqual(readTxtRecords([`ggen=v1;prefix=io.ggen;id=${ALICE}`], DOMAIN), { state: 'found', claims: claims.slice(0, 1) })
})

test('claims about other domains in a file that serves several do not count', () => {
  const answer = readWellKnown(json([claim('com.example'), claim('io.ggen'), claim('io.github.alice')]), DOMAIN)
  assert.deepEqual(answer, { state: 'found', claims: [{ prefix: 'io.ggen', identity: ALICE }] })
  assert.deepEqual(readWellKnown(json([claim('com.example')]), DOMAIN), { state: 'found', claims: [] })
})

test('everything else than the one form is malformed, never absent', () => {
  const bad = [
    '', '{}', '[]', 'null', '1', '<html>', json([claim('io.ggen')], { more: 1 }), json([claim('io.ggen')], { v: 2 }), json({}), json([null]), json([[]]),
    json([{ prefix: 'io.ggen' }]), json([{ ...claim('io.ggen'), more: 1 }]), json([claim('io.ggen'), claim('io.ggen', identity('bob'))]),
    json([claim('io')]), json([claim('tool')]), json([claim('@io.ggen/x')]), json([claim('IO.GGEN')]), json([{ prefix: 'io.ggen', identity: 'bafy' }]),
    json([{ prefix: 'io.ggen', identity: `${ALICE}\n` }]), json([claim('io.ggen.*')]), json([claim('io.ggen')]).padEnd(LIMITS.domainRecordBytes + 1),
    '{"v":1,"claims":[],"__proto__":{}}', '['.repeat(LIMITS.domainRecordBytes),
  ]
  for (const text of bad) assert.equal(readWellKnown(text, DOMAIN).state, 'malformed', text.slice(0, 60))
  assert.equal(readWellKnown(json([claim('io.ggen')]).padEnd(LIMITS.domainRecordBytes), DOMAIN).state, 'found')
})

test('TXT records of others are passed over, broken ones of ours are not', () => {
  assert.deepEqual(readTxtRecords([], DOMAIN), { state: 'absent' })
  assert.deepEqual(readTxtRecords(['v=spf1 -all', 'ggenius=1', ''], DOMAIN), { state: 'absent' })
  const good = `ggen=v1; id=${ALICE}; prefix=io.ggen`
  assert.equal(readTxtRecords(['v=spf1 -all', good], DOMAIN).state, 'found')
  const long = good.replace('; ', `;${' '.repeat(LIMITS.domainTxtChars)}`)
  for (const text of ['ggen=v2; id=x', 'ggen=v1', `${good}; prefix=io.ggen`, `${good}; more=1`, good.replace('io.ggen', 'ggen'), long]) {
    assert.equal(readTxtRecords([text, good], DOMAIN).state, 'malformed', text.slice(0, 60))
  }
  assert.equal(readTxtRecords([good, good.replace(ALICE, identity('bob'))], DOMAIN).state, 'malformed', 'a prefix named twice')
  assert.equal(readTxtRecords(Array.from({ length: LIMITS.domainTxtRecords + 1 }, () => 'x'), DOMAIN).state, 'malformed')
})

test('claims are limited', () => {
  const many = Array.from({ length: LIMITS.domainClaims + 1 }, (_, index) => claim(`io.ggen.n${index}`))
  const text = json(many)
  assert.ok(Buffer.byteLength(text) <= LIMITS.domainRecordBytes, 'so that it is the number that is refused')
  assert.equal(readWellKnown(text, DOMAIN).state, 'malformed')
  assert.equal(readWellKnown(json(many.slice(1)), DOMAIN).state, 'found')
})

test('whatever is read, it never throws, and what is found is about the domain', () => {
  const good = json([claim('io.ggen'), claim('io.ggen.rust', identity('bob'))])
  const damaged = fc.record({ at: fc.nat(good.length), removed: fc.nat(3), added: fc.string({ unit: 'binary', maxLength: 3 }) })
    .map(({ at, removed, added }) => good.slice(0, at) + added + good.slice(at + removed))
  const texts = fc.oneof(fc.string({ unit: 'binary' }), fc.json(), damaged)
  fc.assert(fc.property(texts, (text) => {
    for (const answer of [readWellKnown(text, DOMAIN), readTxtRecords([text, `ggen=${text}`], DOMAIN)]) {
      if (answer.state === 'found') assert.ok(answer.claims.every(({ prefix }) => prefix === 'io.ggen' || prefix.startsWith('io.ggen.')))
      else assert.ok(answer.state !== 'unknown')
    }
  }), { numRuns: RUNS })
})
