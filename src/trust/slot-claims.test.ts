import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { digestOf, type OpId, sha512FromBytes, type StatusState, type Version } from '#core'
import type { ReleaseFacts, StatusFacts } from './feed-facts.ts'
import { SlotClaims } from './slot-claims.ts'

const version = '1.0.0' as Version
const claim = (id: string, at: number, content = 0): ReleaseFacts => ({
  type: 'release', id: id as OpId, at,
  body: { version, artifact: { digest: digestOf(Uint8Array.of(content)), sha512: sha512FromBytes(new Uint8Array(64)), sizeBytes: 1 } },
}) as unknown as ReleaseFacts
const word = (state: StatusState, why?: string): StatusFacts =>
  ({ type: 'status', body: { state, ...(why !== undefined && { why }) } }) as unknown as StatusFacts

const claimsOf = (claims: readonly ReleaseFacts[]): SlotClaims<ReleaseFacts> => {
  const slot = new SlotClaims()
  for (const one of claims) slot.add(one)
  return slot
}

test('of claims that agree the earliest is taken, and the last word says how it stands', () => {
  const slot = claimsOf([claim('b', 2), claim('z', 1), claim('c', 1)])
  assert.deepEqual(slot.view(version, undefined), { version, release: claim('c', 1), standing: 'live', rivals: [] })
  assert.deepEqual(slot.view(version, word('yanked', 'broken')), { version, release: claim('c', 1), standing: 'yanked', why: 'broken', rivals: [] })
  assert.equal(claimsOf([]).view(version, undefined), undefined)
})

test('claims of other bytes are rivals in their order, and no word ends the dispute', () => {
  const slot = claimsOf([claim('a', 2, 1), claim('b', 1), claim('c', 1, 2), claim('d', 3)])
  const disputed = { version, release: claim('b', 1), standing: 'disputed', rivals: [claim('c', 1, 2), claim('a', 2, 1)] }
  assert.deepEqual([slot.view(version, word('live', 'no reason')), slot.standing(word('live'))], [disputed, 'disputed'])
})

test('an archive is another one when its size or one of its hashes is', () => {
  const usual = claim('a', 1)
  const { artifact } = usual.body
  const changes = [{ sizeBytes: 2 }, { digest: digestOf(Uint8Array.of(9)) }, { sha512: sha512FromBytes(new Uint8Array(64).fill(1)) }]
  for (const change of changes) {
    const other = { ...usual, id: 'b' as OpId, body: { ...usual.body, artifact: { ...artifact, ...change } } }
    assert.equal(claimsOf([usual, other]).standing(undefined), 'disputed')
  }
})

test('what was added and taken away again leaves no trace, whatever was asked between', () => {
  const step = fc.record({ at: fc.nat(3), content: fc.nat(1), drop: fc.boolean(), which: fc.nat(9), asks: fc.boolean() })
  fc.assert(fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
    const slot = new SlotClaims()
    const left: ReleaseFacts[] = []
    for (const [index, { at, content, drop, which, asks }] of steps.entries()) {
      if (drop && left.length > 0) for (const gone of left.splice(which % left.length, 1)) slot.delete(gone)
      else {
        left.push(claim(`claim ${index}`, at, content))
        for (const one of left.slice(-1)) slot.add(one)
      }
      if (asks) slot.standing(undefined)
    }
    assert.deepEqual([slot.size, slot.view(version, undefined)], [left.length, claimsOf(left.toReversed()).view(version, undefined)])
  }))
})
