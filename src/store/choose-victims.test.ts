import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { digestOf } from '#core'
import { chooseVictims, type Evictable } from './choose-victims.ts'

const candidates: fc.Arbitrary<Evictable[]> = fc.array(
  fc.record({ kind: fc.constantFrom('blob', 'partial'), sizeBytes: fc.nat(100), usedAt: fc.nat(50) }), { maxLength: 30 },
).map((list) => list.map((candidate, index) => ({ ...candidate, digest: digestOf(Buffer.from(String(index))) })))

const sizeOf = (list: readonly Evictable[]): number => list.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)

test('exactly the longest unused of what may go is chosen, no more than it takes, or nothing when it is not enough', () => {
  fc.assert(fc.property(candidates, fc.integer({ min: 1, max: 1500 }), fc.func(fc.boolean()), (list, neededBytes, choice) => {
    const mayGo = (candidate: Evictable): boolean => choice(candidate.digest)
    const before = [...list]
    const eviction = chooseVictims(list, neededBytes, mayGo)
    assert.deepEqual(list, before)
    const evictable = list.filter(mayGo)
    if (eviction === undefined) {
      assert(sizeOf(evictable) < neededBytes)
      return
    }
    const { victims, others } = eviction
    assert(victims.every(mayGo))
    assert(sizeOf(victims) >= neededBytes)
    assert(sizeOf(victims.slice(0, -1)) < neededBytes)
    assert.deepEqual(new Set([...victims, ...others]), new Set(list))
    assert.equal(victims.length + others.length, list.length)
    const spared = others.filter((other) => mayGo(other) && other.sizeBytes > 0)
    for (const victim of victims) for (const other of spared) assert(victim.usedAt <= other.usedAt)
    assert(others.every((other, index) => index === 0 || (others[index - 1]?.usedAt ?? 0) <= other.usedAt))
  }))
})

test('what has no bytes frees nothing and stays', () => {
  const empty: Evictable = { digest: digestOf(Buffer.from('empty')), kind: 'blob', sizeBytes: 0, usedAt: 0 }
  const full: Evictable = { digest: digestOf(Buffer.from('full')), kind: 'blob', sizeBytes: 5, usedAt: 9 }
  assert.deepEqual(chooseVictims([empty, full], 5, () => true), { victims: [full], others: [empty] })
})
