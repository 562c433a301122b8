import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { LIMITS, type PeerId } from '#core'
import type { SeedAnswer } from '#wire'
import { Recruiting } from './recruiting.ts'

const peers = (count: number): PeerId[] => Array.from({ length: count }, (_, n) => `peer${n}` as PeerId)
const [a, b, c, d] = peers(4) as [PeerId, PeerId, PeerId, PeerId]
const WILLING: SeedAnswer = { answer: 'willing' }
const declined = (why: 'policy' | 'quota' | 'busy' | 'unknown-release'): SeedAnswer => ({ answer: 'declined', why })

describe('recruiting', () => {
  it('asks as many as copies are missing, and others in the place of those that decline', () => {
    const recruiting = new Recruiting(2)
    assert.deepEqual(recruiting.toAsk([a, b, c, d], 0), [a, b])
    assert.deepEqual(recruiting.toAsk([a, b, c, d], 0), [])
    recruiting.answered(a, declined('policy'), 0)
    recruiting.answered(b, WILLING, 0)
    assert.deepEqual(recruiting.toAsk([a, b, c, d], 0), [c])
    recruiting.answered(c, declined('quota'), 0)
    recruiting.proven(b)
    assert.deepEqual(recruiting.toAsk([a, b, c, d], 0), [d])
    recruiting.proven(d)
    assert.ok(recruiting.isDone)
    assert.deepEqual(recruiting.others(), { declined: [{ peer: a, why: 'policy' }, { peer: c, why: 'quota' }], promised: [] })
  })

  it('counts no promise: who takes too long or leaves is joined by another', () => {
    const recruiting = new Recruiting(1)
    recruiting.toAsk([a], 0)
    recruiting.answered(a, WILLING, 0)
    assert.deepEqual(recruiting.toAsk([a, b, c], LIMITS.replicaPatienceMs - 1), [])
    assert.deepEqual(recruiting.toAsk([a, b, c], LIMITS.replicaPatienceMs), [b])
    recruiting.answered(b, { answer: 'held' }, LIMITS.replicaPatienceMs)
    assert.deepEqual(recruiting.toAsk([a, c], LIMITS.replicaPatienceMs), [c])
    assert.ok(!recruiting.isDone)
    assert.deepEqual(recruiting.others().promised, [a, b])
  })

  it('asks the busy and the ignorant again after a while, the silent once more, the others never', () => {
    const recruiting = new Recruiting(4)
    recruiting.toAsk([a, b, c, d], 0)
    recruiting.answered(a, declined('busy'), 0)
    recruiting.answered(b, declined('unknown-release'), 0)
    recruiting.answered(c, undefined, 0)
    recruiting.answered(d, declined('policy'), 0)
    assert.deepEqual(recruiting.toAsk([a, b, c, d], LIMITS.replicaRetryMs - 1), [])
    assert.deepEqual(recruiting.toAsk([a, b, c, d], LIMITS.replicaRetryMs), [a, b, c])
    recruiting.answered(c, undefined, LIMITS.replicaRetryMs)
    assert.deepEqual(recruiting.toAsk([c, d], 1e9), [])
  })

  it('gives up when for a while there was nobody who could', () => {
    const recruiting = new Recruiting(1)
    assert.ok(!recruiting.isHopeless([], 0))
    assert.ok(!recruiting.isHopeless([a], LIMITS.replicaHopeMs))
    recruiting.toAsk([a], LIMITS.replicaHopeMs)
    recruiting.answered(a, declined('policy'), LIMITS.replicaHopeMs)
    assert.ok(!recruiting.isHopeless([a], LIMITS.replicaHopeMs))
    assert.ok(!recruiting.isHopeless([a], 2 * LIMITS.replicaHopeMs - 1))
    assert.ok(recruiting.isHopeless([a], 2 * LIMITS.replicaHopeMs))
    assert.ok(!recruiting.isHopeless([a, b], 1e9))
  })

  it('believes a liar nothing more', () => {
    const recruiting = new Recruiting(1)
    recruiting.lied(a)
    assert.ok(!recruiting.isUnproven(a))
    assert.ok(recruiting.isUnproven(b))
    assert.deepEqual(recruiting.toAsk([a, b], 0), [b])
    assert.deepEqual(recruiting.others().declined, [{ peer: a, why: 'lied' }])
  })

  it('whatever peers answer, in whatever order: never more asked at once than missing, done only with proofs', () => {
    const answer: fc.Arbitrary<SeedAnswer | undefined> = fc.constantFrom(WILLING, { answer: 'held' }, undefined, declined('policy'), declined('busy'))
    const step = fc.record({ answer, proves: fc.boolean(), passedMs: fc.nat(40_000) })
    fc.assert(fc.property(fc.integer({ min: 1, max: 5 }), fc.nat(8), fc.array(step, { maxLength: 30 }), (replicas, count, steps) => {
      const recruiting = new Recruiting(replicas)
      const connected = peers(count)
      let now = 0
      for (const { answer: given, proves, passedMs } of steps) {
        now += passedMs
        const asked = recruiting.toAsk(connected, now)
        assert.ok(asked.length <= Math.max(0, replicas - recruiting.holders.length))
        for (const peer of asked) {
          assert.ok(!recruiting.holders.includes(peer))
          recruiting.answered(peer, given, now)
        }
        const [prover] = asked
        if (proves && prover !== undefined) recruiting.proven(prover)
        assert.equal(recruiting.isDone, recruiting.holders.length >= replicas)
      }
      assert.ok(new Set(recruiting.holders).size === recruiting.holders.length)
    }))
  })
})
