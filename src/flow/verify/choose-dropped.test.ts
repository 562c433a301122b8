import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { IdentityId } from '#core'
import { chooseDropped } from './choose-dropped.ts'

const publishers = (...sizes: readonly number[]): { identity: IdentityId; bytes: number }[] =>
  sizes.map((bytes, place) => ({ identity: `${place}` as IdentityId, bytes }))
const nobody = (): boolean => false

test('those that are known for the shortest time go first, and no more than it takes', () => {
  assert.deepEqual(chooseDropped(publishers(5, 5, 5), { bytes: 6, isDear: nobody }), ['0', '1'])
  assert.deepEqual(chooseDropped(publishers(5, 5), { bytes: 5, isDear: nobody }), ['0'])
  assert.deepEqual(chooseDropped(publishers(5), { bytes: 0, isDear: nobody }), [])
})

test('whoever is dear stays, also when there is then not enough', () => {
  assert.deepEqual(chooseDropped(publishers(5, 5, 5), { bytes: 100, isDear: (identity) => identity === '1' }), ['0', '2'])
})

test('what is chosen is enough where that is possible, without its last too little, and in order', () => {
  fc.assert(fc.property(fc.array(fc.tuple(fc.integer({ min: 1, max: 50 }), fc.boolean())), fc.nat(500), (drawn, excess) => {
    const all = publishers(...drawn.map(([bytes]) => bytes))
    const dear = new Set(all.filter((_, place) => drawn[place]?.[1]).map(({ identity }) => identity))
    const chosen = chooseDropped(all, { bytes: excess, isDear: (identity) => dear.has(identity) })
    const strangers = all.filter(({ identity }) => !dear.has(identity))
    assert.deepEqual(chosen, strangers.slice(0, chosen.length).map(({ identity }) => identity))
    const freed = (count: number): number => strangers.slice(0, count).reduce((sum, { bytes }) => sum + bytes, 0)
    assert(freed(chosen.length) >= excess || chosen.length === strangers.length)
    assert(chosen.length === 0 || freed(chosen.length - 1) < excess)
  }))
})
