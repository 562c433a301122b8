import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type ChainOp, type FeedOp, isOpinion, type OpinionOp, parsePackageName, parseVersion, type ReleaseKey } from '#core'
import { memoryCatalogue, memoryTrustStore } from '#store'
import { encodePayload, keyPairFromSeed, openOp, payloadOf, signingBytes, signPayload, viewIdentity, viewOpinions, viewPackage } from '#trust'
import { Publisher } from '#testing'
import { coSign, isEnough, signaturesOf, stagedOp, stagedOpinion } from './co-sign.ts'

const [root, machine, person] = [1, 2, 3].map((fill) => keyPairFromSeed(new Uint8Array(32).fill(fill))) as [Pair, Pair, Pair]
type Pair = ReturnType<typeof keyPairFromSeed>
const keys: readonly ReleaseKey[] = [{ key: machine.publicKey, names: ['*'], auto: true }, { key: person.publicKey, names: ['*'] }]
const genesis = openOp(signPayload(encodePayload({
  type: 'genesis', at: 0, seq: 0,
  body: { root: { keys: [root.publicKey], need: 1 }, recovery: { keys: [], need: 0 }, release: keys, need: 2, human: 1, nonce: new Uint8Array(16) },
}), [root])) as ChainOp
const identity = viewIdentity(genesis.identity, [genesis])
assert(identity !== undefined)
const { body } = new Publisher('anybody').release('tool', '1.0.0')
const payload = encodePayload({ type: 'release', identity: genesis.identity, feed: machine.publicKey, seq: 0, at: 1, body: { ...body, roles: genesis.id } })
const half = openOp(signPayload(payload, [machine]))
assert(half.type === 'release')
const name = parsePackageName('tool')
const signed = (key: Pair, of = payload) => [{ key: key.publicKey, signature: key.sign(signingBytes(of)) }]
const opinionPayload = encodePayload({
  type: 'endorse', identity: genesis.identity, key: machine.publicKey, seq: 0, at: 1,
  body: { roles: genesis.id, target: new Publisher('bob').identity, names: [], level: 'block' },
})
const halfOpinion = openOp(signPayload(opinionPayload, [machine])) as OpinionOp

test('What waits for signatures is staged: it is nobody to choose, and says how many it has', () => {
  const view = viewPackage(identity, name, [half])
  assert.deepEqual([view.releases.size, stagedOp(view, undefined).id, stagedOp(view, parseVersion('1.0.0')).id], [0, half.id, half.id])
  const count = signaturesOf(half, identity)
  assert.deepEqual(count, { signatures: 1, need: 2, people: 0, human: 1 })
  assert.deepEqual([count, { ...count, signatures: 2 }, { ...count, signatures: 2, people: 1 }].map(isEnough), [false, false, true])
  assert.throws(() => stagedOp(view, parseVersion('2.0.0')), { code: 'version-not-found' })
  assert.throws(() => stagedOp(viewPackage(identity, name, []), undefined), { code: 'version-not-found' })
})

test('A further signature completes it, is kept for good, and changes nothing the second time', () => {
  const [catalogue, trust] = [memoryCatalogue(), memoryTrustStore()]
  for (const op of [genesis, half]) catalogue.putOp(op)
  const op = coSign({ catalogue, trust }, half.id, { signatures: signed(person), check: () => undefined })
  assert.equal(op.id, half.id)
  assert.deepEqual(signaturesOf(op, identity), { signatures: 2, need: 2, people: 1, human: 1 })
  assert.deepEqual([...viewPackage(identity, name, [op as FeedOp]).releases.keys()], ['1.0.0'])
  assert.deepEqual(trust.ownOps(), [op.bytes])
  catalogue.putOp(op)
  assert.deepEqual(coSign({ catalogue, trust }, half.id, { signatures: signed(person), check: () => undefined }).bytes, op.bytes)
})

test('A word about somebody else is staged and completed by its id', () => {
  const [catalogue, trust] = [memoryCatalogue(), memoryTrustStore()]
  for (const op of [genesis, halfOpinion]) catalogue.putOp(op)
  const { staged } = viewOpinions(identity, [halfOpinion], 2)
  assert.equal(stagedOpinion(staged, halfOpinion.id), halfOpinion)
  assert.throws(() => stagedOpinion(staged, half.id), { code: 'version-not-found', hint: /ggen approve/ })
  const op = coSign({ catalogue, trust }, halfOpinion.id, { signatures: signed(person, opinionPayload), check: () => undefined })
  assert(isOpinion(op) && isEnough(signaturesOf(op, identity)))
  assert.deepEqual([viewOpinions(identity, [op], 2).endorsements.size, trust.ownOps()], [1, [op.bytes]])
})

test('A wrong signature, a record that is not here, and one that nobody would accept are refused', () => {
  const [catalogue, trust] = [memoryCatalogue(), memoryTrustStore()]
  const check = (): void => undefined
  assert.throws(() => coSign({ catalogue, trust }, half.id, { signatures: signed(person), check }), { code: 'version-not-found' })
  for (const op of [genesis, half]) catalogue.putOp(op)
  const wrong = [{ key: person.publicKey, signature: new Uint8Array(64) }]
  assert.throws(() => coSign({ catalogue, trust }, half.id, { signatures: wrong, check }), { code: 'op-invalid' })
  assert.throws(() => coSign({ catalogue, trust }, half.id, { signatures: signed(person), check: () => assert.fail('nobody') }), /nobody/)
  assert.throws(() => coSign({ catalogue, trust }, genesis.id, { signatures: signed(person), check }), { code: 'op-invalid' })
  assert.deepEqual(trust.ownOps(), [])
  assert.deepEqual(payloadOf(half.bytes), payload)
})
