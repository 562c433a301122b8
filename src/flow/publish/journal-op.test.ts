import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { FeedOp, GenesisOp } from '#core'
import { memoryTrustStore } from '#store'
import { openOp, viewIdentity, viewPackage } from '#trust'
import { Publisher } from '#testing'
import { assertFeedHealthy, journalOp, nextInFeed } from './journal-op.ts'

const ada = new Publisher('ada')
const identity = viewIdentity(ada.identity, [openOp(ada.genesis) as GenesisOp])
assert(identity !== undefined)
const first = ada.release('tool', '1.0.0')
const second = ada.release('tool', '1.1.0')
const { name } = first.body

const place = (trust: ReturnType<typeof memoryTrustStore>, ...seen: readonly FeedOp[]) =>
  nextInFeed(trust, { identity, feed: ada.feed, known: viewPackage(identity, name, seen), now: 0, notBefore: 7 })

test('The next op of a feed follows the later one of what was signed here and what others told', () => {
  const trust = memoryTrustStore()
  assert.deepEqual(place(trust), { identity: ada.identity, feed: ada.feed, seq: 0, at: 7 })
  assert.deepEqual([place(trust, first).seq, place(trust, first).prev], [1, first.id])
  trust.putOwnOp(first)
  trust.putOwnOp(second)
  assert.deepEqual([place(trust, first).seq, place(trust, first).prev], [2, second.id])
})

test('What is prepared is written down exactly, as part of its chain', () => {
  const trust = memoryTrustStore()
  const body = { roles: identity.head, name, version: '*' as const, state: 'yanked' as const }
  const { intent, payload } = journalOp(trust, { type: 'status', ...place(trust, first), body }, { now: 5 })
  const { identity: who, feed, version, seq, payload: written, createdAt } = trust.intent(intent) ?? assert.fail('it is not there')
  assert.deepEqual([who, feed, version, seq, createdAt], [ada.identity, ada.feed, undefined, 1, 5])
  assert.deepEqual(written, payload)
})

test('A feed that forked cannot go on', () => {
  const twin = new Publisher('ada')
  const known = viewPackage(identity, name, [first, twin.release('tool', '1.0.0', { content: 'other' })])
  assert.throws(() => assertFeedHealthy(known, ada.feed, ada.identity), { code: 'conflict' })
  assertFeedHealthy(viewPackage(identity, name, [first]), ada.feed, ada.identity)
})
