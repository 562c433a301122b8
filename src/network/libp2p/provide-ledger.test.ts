import { digestOf, LIMITS } from '#core'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { hasCode } from '../network-lab.conformance.ts'
import { ProvideLedger } from './provide-ledger.ts'

const [a, b, c] = ['a', 'b', 'c'].map((name) => digestOf(Buffer.from(name)))
assert(a !== undefined && b !== undefined && c !== undefined)

test('What was never told comes first, in order', () => {
  const ledger = new ProvideLedger()
  for (const digest of [a, b]) ledger.add(digest)
  assert.equal(ledger.next(0), a)
  ledger.tell(a, 0)
  assert.equal(ledger.next(0), b)
  ledger.tell(b, 0)
  assert.equal(ledger.next(0), undefined)
})

test('What nobody took goes behind the others', () => {
  const ledger = new ProvideLedger()
  for (const digest of [a, b]) ledger.add(digest)
  ledger.miss(a)
  assert.equal(ledger.next(0), b)
  ledger.miss(c)
  assert.equal(ledger.size, 2)
})

test('What was told is told again after some minutes, and then after some hours, the longest ago first', () => {
  const ledger = new ProvideLedger()
  for (const [index, digest] of [a, b].entries()) {
    ledger.add(digest)
    ledger.tell(digest, index)
  }
  const soonMs = LIMITS.rendezvousSecondMs
  assert.deepEqual([ledger.next(soonMs - 1), ledger.next(soonMs)], [undefined, a])
  ledger.miss(a)
  ledger.tell(a, soonMs)
  assert.equal(ledger.next(soonMs + 1), b)
  ledger.tell(b, soonMs + 1)
  const laterMs = soonMs + LIMITS.rendezvousAgainMs
  assert.deepEqual([ledger.next(laterMs - 1), ledger.next(laterMs)], [undefined, a])
  ledger.tell(a, laterMs)
  assert.deepEqual([ledger.next(laterMs + 1), ledger.size], [b, 2])
})

test('Adding again tells again and counts once', () => {
  const ledger = new ProvideLedger()
  ledger.add(a)
  ledger.tell(a, 0)
  ledger.add(a)
  assert.deepEqual([ledger.size, ledger.next(0)], [1, a])
})

test('It is bounded, and what it has may still be added', () => {
  const ledger = new ProvideLedger()
  for (let index = 0; index < LIMITS.knownHolders; index += 1) ledger.add(digestOf(Buffer.from(`${index}`)))
  assert.throws(() => ledger.add(a), hasCode('too-busy'))
  ledger.add(digestOf(Buffer.from('0')))
})

test('What others keep for a shorter time is told again sooner', () => {
  const ledger = new ProvideLedger(LIMITS.rendezvousSecondMs)
  ledger.add(a)
  ledger.tell(a, 0)
  ledger.tell(a, 1)
  assert.deepEqual([ledger.next(LIMITS.rendezvousSecondMs), ledger.next(LIMITS.rendezvousSecondMs + 1)], [undefined, a])
})
