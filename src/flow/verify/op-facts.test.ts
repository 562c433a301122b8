import assert from 'node:assert/strict'
import test from 'node:test'
import type { FeedOp } from '#core'
import { openOp, PackageLedger, type PackageView, type ReleaseFacts, type StatusFacts, viewIdentity, viewPackage } from '#trust'
import { Publisher } from '#testing'
import { OpFacts } from './op-facts.ts'

const alice = new Publisher('alice')
const genesis = openOp(alice.genesis)
const who = genesis.type === 'genesis' ? viewIdentity(alice.identity, [genesis]) : undefined
assert(who !== undefined)
const first = alice.release('tool', '1.0.0')
const { name } = first.body
const linear: FeedOp[] = [
  first, alice.release('tool', '1.1.0+build'), alice.status('tool', '1.0.0', { state: 'yanked', why: 'broken' }),
  alice.status('tool', '*', { state: 'deprecated' }),
]
const forked = [...linear, new Publisher('alice').release('tool', '1.0.0', { content: 'other' })]

const assertSame = (slim: PackageView<ReleaseFacts, ReleaseFacts | StatusFacts>, whole: PackageView): void => {
  assert.deepEqual([slim.suspended, slim.heads, [...slim.releases.keys()]], [whole.suspended, whole.heads, [...whole.releases.keys()]])
  for (const [slot, release] of slim.releases) assert.partialDeepStrictEqual(whole.releases.get(slot), release)
}

test('the facts of ops are a part of them, and make the same package', () => {
  for (const ops of [linear, forked]) {
    const facts = new OpFacts()
    const ledger: PackageLedger<ReleaseFacts, StatusFacts> = new PackageLedger(who, name)
    for (const op of ops) {
      const fact: object = facts.of(op)
      assert.partialDeepStrictEqual(op, fact)
      ledger.put(facts.of(op))
    }
    assertSame(ledger.view(), viewPackage(who, name, ops))
  }
})

test('what is the same in many ops is kept once', () => {
  const facts = new OpFacts()
  const [one, other] = [facts.of(alice.release('tool', '3.0.0')), facts.of(alice.release('tool', '3.1.0'))]
  assert.equal(one.signers, other.signers)
  assert.notEqual(one.id, other.id)
})
