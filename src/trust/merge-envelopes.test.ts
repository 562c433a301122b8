import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { type FeedOp, isGgenError, LIMITS, type Op, type OpId, opIdOfHash, type PackageName, type Version } from '#core'
import { encodePayload } from './encode-payload.ts'
import { readEnvelope, sealEnvelope, signPayload } from './envelope.ts'
import { groupBy } from './group.ts'
import { keyPairFromSeed } from './key-pair.ts'
import { mergeEnvelopes } from './merge-envelopes.ts'
import { mergeOps } from './merge-ops.ts'
import { openOp, reopenOp } from './open-op.ts'
import { viewIdentity } from './view-identity.ts'

/** The largest first: where nothing but the order of the keys decided, the owner and the wanted keys would be dropped first. */
const keys = Array.from({ length: 24 }, (_, n) => keyPairFromSeed(new Uint8Array(32).fill(n + 1))).sort((a, b) => (a.publicKey > b.publicKey ? -1 : 1))
const [owner] = keys
assert(owner !== undefined)
const roles = opIdOfHash(new Uint8Array(32))

const payloadOf = (version: string): Uint8Array =>
  encodePayload({
    type: 'status', identity: roles as FeedOp['identity'], feed: owner.publicKey, at: 1, seq: 0,
    body: { roles, name: 'tool' as PackageName, version: version as Version, state: 'live' },
  })

const payload = payloadOf('1.0.0')
/** The owner and some others. */
const signedBy = (others: readonly number[]): Uint8Array => signPayload(payload, [owner, ...others.flatMap((n) => keys[n] ?? [])])
const signersOf = (envelope: Uint8Array): string[] => readEnvelope(envelope).signatures.map(({ key }) => key)
const others = fc.uniqueArray(fc.integer({ min: 1, max: 23 }), { maxLength: 15 })

test('the union has the signatures of both and opens', () => {
  const merged = mergeEnvelopes(signedBy([1, 2]), signedBy([2, 3]))
  assert.deepEqual(merged, signedBy([1, 2, 3]))
  assert.equal(openOp(merged).id, openOp(signedBy([1])).id)
})

test('while all signatures fit, merging is commutative, associative and idempotent', () => {
  const few = fc.uniqueArray(fc.integer({ min: 1, max: 23 }), { maxLength: 5 })
  fc.assert(fc.property(few, few, few, (first, second, third) => {
    const [a, b, c] = [signedBy(first), signedBy(second), signedBy(third)]
    assert.deepEqual(mergeEnvelopes(a, b), mergeEnvelopes(b, a))
    assert.deepEqual(mergeEnvelopes(mergeEnvelopes(a, b), c), mergeEnvelopes(a, mergeEnvelopes(b, c)))
    assert.deepEqual(mergeEnvelopes(a, a), a)
  }), { numRuns: 40 })
})

test('whatever comes, what is held stays, and nothing exceeds sixteen', () => {
  fc.assert(fc.property(others, others, (first, second) => {
    const merged = signersOf(mergeEnvelopes(signedBy(first), signedBy(second)))
    assert(merged.length <= LIMITS.opSignatures)
    for (const key of signersOf(signedBy(first))) assert(merged.includes(key))
  }), { numRuns: 60 })
})

/** Sixteen correct signatures of nobody in particular, whose keys come first in every order. */
const strangersOn = (anyPayload: Uint8Array): Uint8Array => signPayload(anyPayload, keys.slice(-16))

test('strangers cannot erase an identity by signing its genesis', () => {
  const body = { root: { keys: [owner.publicKey], need: 1 }, recovery: { keys: [], need: 0 }, release: [], need: 1, nonce: new Uint8Array(16) }
  const genesis = encodePayload({ type: 'genesis', at: 1, seq: 0, body })
  const [own, foreign] = [signPayload(genesis, [owner]), strangersOn(genesis)]
  for (const merged of [mergeEnvelopes(own, foreign), mergeEnvelopes(foreign, own)]) {
    assert.equal(signersOf(merged).length, LIMITS.opSignatures)
    const op = openOp(merged)
    assert(op.type === 'genesis' && viewIdentity(op.identity, [op]) !== undefined)
  }
})

test('strangers cannot undo a rotation: the old root, which the op does not name, stays because it is held', () => {
  const [, successor] = keys
  assert(successor !== undefined)
  const body = {
    root: { keys: [successor.publicKey], need: 1 }, recovery: { keys: [], need: 0 }, release: [], need: 1, revoked: [], domains: [],
  }
  const rotation = encodePayload({ type: 'roles', identity: roles as FeedOp['identity'], at: 1, seq: 1, prev: roles, body })
  const merged = signersOf(mergeEnvelopes(signPayload(rotation, [owner, successor]), strangersOn(rotation)))
  for (const key of [owner, successor]) assert(merged.includes(key.publicKey))
})

test('strangers cannot silence who speaks of others by signing it too', () => {
  const body = { roles, target: roles as FeedOp['identity'], names: [], level: 'block' as const }
  const opinion = encodePayload({ type: 'endorse', identity: roles as FeedOp['identity'], key: owner.publicKey, at: 1, seq: 0, body })
  const merged = mergeEnvelopes(strangersOn(opinion), signPayload(opinion, [owner]))
  assert(signersOf(merged).includes(owner.publicKey))
  assert.equal(openOp(merged).type, 'endorse')
})

test('a co-signature that is wanted finds room even where strangers came first', () => {
  const wanted = [1, 2, 3].map((n) => keys[n]?.publicKey ?? owner.publicKey)
  const crowded = signedBy(Array.from({ length: 15 }, (_, n) => n + 9))
  const merged = mergeEnvelopes(crowded, signedBy([1, 2, 3]), new Set(wanted))
  assert.equal(signersOf(merged).length, LIMITS.opSignatures)
  for (const key of [owner.publicKey, ...wanted]) assert(signersOf(merged).includes(key))
  openOp(merged)
  for (const key of wanted) assert(!signersOf(mergeEnvelopes(crowded, signedBy([1, 2, 3]))).includes(key), 'nobody said that it is wanted')
})

test('copies of one op unite alike in every order, also beyond sixteen signatures', () => {
  fc.assert(fc.property(others, others, others, (first, second, third) => {
    const [a, b, c] = [first, second, third].map((set) => reopenOp(signedBy(set)))
    assert(a !== undefined && b !== undefined && c !== undefined)
    for (const order of [[a, c, b], [b, a, c], [c, b, a, a]]) assert.deepEqual(mergeOps(order), mergeOps([a, b, c]))
  }), { numRuns: 40 })
})

test('a key that signed in two ways is one signer, whichever came first', () => {
  const odd = (fill: number): Uint8Array => sealEnvelope(payload, [{ key: owner.publicKey, signature: new Uint8Array(64).fill(fill) }])
  assert.deepEqual(mergeEnvelopes(odd(1), odd(2)), odd(1))
  assert.deepEqual(mergeEnvelopes(odd(2), odd(1)), odd(1))
})

test('envelopes of different payloads do not merge, and neither do other bytes', () => {
  const reasonIs = (reason: string) => (error: unknown) => isGgenError(error, 'op-invalid') && error.details['reason'] === reason
  assert.throws(() => mergeEnvelopes(signedBy([]), signPayload(payloadOf('2.0.0'), [owner])), reasonIs('envelope'))
  assert.throws(() => mergeEnvelopes(signedBy([]), new Uint8Array(3)), reasonIs('cbor'))
})

test('one payload with several signature sets is one op of all signers', () => {
  const ops: Op[] = [signedBy([1]), signedBy([2]), signedBy([1]), signPayload(payloadOf('2.0.0'), [owner])].map(reopenOp)
  const merged = mergeOps(ops)
  assert.equal(merged.size, 2)
  const op = merged.get(ops[0]?.id as OpId)
  assert.deepEqual(op?.bytes, signedBy([1, 2]))
  assert.deepEqual([...(op?.signers ?? [])].sort(), signersOf(signedBy([1, 2])).sort())
})

test('an op that is there once stays as it is', () => {
  const op = openOp(signedBy([1]))
  assert.equal(mergeOps([op, op]).get(op.id), op)
})

test('groups keep the order of arrival and leave out what has no key', () => {
  const groups = groupBy([1, 2, 3, 4, 5, 6], (n) => (n === 4 ? undefined : n % 2 === 0 ? 'even' : 'odd'))
  assert.deepEqual([...groups], [['odd', [1, 3, 5]], ['even', [2, 6]]])
})
