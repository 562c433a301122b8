import fc from 'fast-check'
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { NPM_LIMITS, type PeerId, type Sha512 } from '#core'
import { copyHealth, countCopies, firstFor, planCopies } from './copy-plan.ts'

const SHA512 = 'a'.repeat(128) as Sha512
const NOW = 10 * NPM_LIMITS.keeperAwayMs
const peers = (...names: readonly string[]): readonly PeerId[] => names as readonly PeerId[]
const seenAt = (seen: Readonly<Record<string, number>>): ReadonlyMap<PeerId, number> => new Map(Object.entries(seen).map(([peer, at]) => [peer as PeerId, at]))

const plan = (here: readonly PeerId[], seen: Readonly<Record<string, number>>, more: object = {}) => {
  const { again, newcomers } = planCopies({ sha512: SHA512, replicas: 3, here, seen: seenAt(seen), isPatient: false, ...more }, NOW)
  return [again.toSorted(), newcomers]
}

describe('the plan for copies of an archive', () => {
  it('asks those that keep it again, and as many others as are missing', () => {
    assert.deepEqual(plan([], {}), [[], 3])
    assert.deepEqual(plan(peers('a', 'b'), { a: NOW, b: NOW }), [['a', 'b'], 1])
    assert.deepEqual(plan(peers('a', 'b', 'c'), { a: NOW, b: NOW, c: NOW }), [['a', 'b', 'c'], 0])
    assert.deepEqual(plan(peers('a'), {}), [['a'], 2], 'who is fetching it has not kept it yet, and counts')
  })

  it('counts a keeper that was there lately, and nobody who has been away for long', () => {
    const lately = NOW - NPM_LIMITS.keeperAwayMs + 1
    assert.deepEqual(plan(peers('a'), { a: NOW, b: lately, c: lately }), [['a'], 0])
    assert.deepEqual(plan(peers('a'), { a: NOW, b: lately, c: lately - 1 }), [['a'], 1])
    assert.equal(countCopies(seenAt({ a: NOW, b: lately, c: lately - 1 }), NOW), 2)
  })

  it('asks nobody new while keepers may be away of whom nothing is known', () => {
    assert.deepEqual(plan(peers('a'), { a: NOW }, { isPatient: true }), [['a'], 0])
  })

  it('lets copies end that are more than is wanted, always the same ones', () => {
    const all = peers('a', 'b', 'c', 'd', 'e')
    const first = planCopies({ sha512: SHA512, replicas: 2, here: all, seen: new Map(), isPatient: false }, NOW)
    const again = planCopies({ sha512: SHA512, replicas: 2, here: all.toReversed(), seen: new Map(), isPatient: false }, NOW)
    assert.deepEqual(first, again)
    assert.deepEqual(first.again, firstFor(SHA512, all, 2))
  })

  it('never asks for more copies than are wanted, and for none too few where nobody is away', () => {
    const names = fc.uniqueArray(fc.constantFrom(...peers('a', 'b', 'c', 'd', 'e', 'f')))
    const cases = fc.record({ here: names, away: names, replicas: fc.integer({ min: 1, max: 5 }), isPatient: fc.boolean() })
    fc.assert(fc.property(cases, ({ here, away, replicas, isPatient }) => {
      const seen = new Map(away.map((peer) => [peer, NOW - 1]))
      const { again, newcomers } = planCopies({ sha512: SHA512, replicas, here, seen, isPatient }, NOW)
      assert.ok(again.every((peer) => here.includes(peer)) && again.length === Math.min(replicas, here.length))
      assert.ok(again.length + newcomers <= replicas)
      const gone = away.filter((peer) => !here.includes(peer)).length
      if (!isPatient) assert.equal(newcomers, Math.max(0, replicas - here.length - gone))
    }))
  })
})

describe('the health of copies', () => {
  it('is how many have the archive that the fewest have, and the share of archives that enough have', () => {
    assert.deepEqual(copyHealth([1, 2, 0], 1), { lowest: 0, share: 2 / 3 })
    assert.deepEqual(copyHealth([], 3), { lowest: 0, share: 1 })
  })
})
