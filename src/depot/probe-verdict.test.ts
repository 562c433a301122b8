import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { PeerId } from '#core'
import { type ProbeFacts, verdictOf } from './probe-verdict.ts'

const document = { kind: 'full', ageMs: 0, freshMs: 1, isSigned: true } as const
const facts = (more: Partial<ProbeFacts>): Parameters<typeof verdictOf>[0] =>
  ({ route: { by: 'registry', isPrivate: false }, upstream: { state: 'answers' }, version: '1.0.0', peers: [], ...more }) as ProbeFacts
const peers = (says: 'held' | 'coming' | 'none') => [{ peer: 'p' as PeerId, says, ms: 1 }]

test('a package comes from where a node looks first', () => {
  assert.equal(verdictOf(facts({ disk: { sizeBytes: 1 }, peers: peers('held') })).from, 'disk')
  for (const says of ['held', 'coming'] as const) assert.equal(verdictOf(facts({ peers: peers(says) })).from, 'peer')
  assert.equal(verdictOf(facts({ peers: peers('none') })).from, 'upstream')
  assert.equal(verdictOf(facts({ route: { by: 'network', isPrivate: false } })).from, 'network')
})

test('what comes from nowhere has a reason', () => {
  const { version: _, ...unknown } = facts({})
  assert.deepEqual(verdictOf(unknown), { from: 'nowhere', why: 'no-such-version', canChoose: true })
  const why = (state: ProbeFacts['upstream']['state'], more: Partial<ProbeFacts> = {}) => verdictOf(facts({ upstream: { state }, ...more }))
  assert.deepEqual(why('has-not'), { from: 'nowhere', why: 'no-such-package', canChoose: false })
  assert.deepEqual(why('has-not', { document }), { from: 'nowhere', why: 'no-such-version', canChoose: true })
  assert.equal(why('denies').why, 'denied')
  for (const state of ['fails', 'left-alone'] as const) assert.equal(why(state).why, 'upstream-fails')
  assert.deepEqual(why('fails', { disk: { sizeBytes: 1 } }), { from: 'disk', canChoose: false })
})
