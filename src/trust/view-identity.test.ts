import assert from 'node:assert/strict'
import test from 'node:test'
import type { ChainOp, FeedOp, GenesisOp, IdentityId, OpId, PackageName, Roles, RolesOp, StatusOp, Version } from '#core'
import { encodePayload } from './encode-payload.ts'
import { sealEnvelope } from './envelope.ts'
import { keyPairFromSeed } from './key-pair.ts'
import type { OpDraft } from './op-draft.ts'
import { reopenOp } from './open-op.ts'
import { maySucceed, viewIdentity } from './view-identity.ts'
import { viewPackage } from './view-package.ts'

const LONG = 1500
const { publicKey } = keyPairFromSeed(new Uint8Array(32))
const name = 'tool' as PackageName
const version = '1.0.0' as Version
const roles: Roles = { root: { keys: [publicKey], need: 1 }, recovery: { keys: [], need: 0 }, release: [{ key: publicKey, names: ['*'] }], need: 1 }

const made = (draft: OpDraft): ChainOp | FeedOp =>
  reopenOp(sealEnvelope(encodePayload(draft), [{ key: publicKey, signature: new Uint8Array(64) }])) as ChainOp | FeedOp

const genesis = made({ type: 'genesis', at: 0, seq: 0, body: { ...roles, nonce: new Uint8Array(16) } }) as GenesisOp
const rolesAfter = (prev: ChainOp, at = 0): RolesOp =>
  made({ type: 'roles', identity: genesis.identity, at, seq: prev.seq + 1, prev: prev.id, body: { ...roles, revoked: [], domains: [] } }) as RolesOp
const statusAfter = (prev: FeedOp | undefined): StatusOp =>
  made({
    type: 'status', identity: genesis.identity, feed: publicKey, at: 0, ...(prev === undefined ? { seq: 0 } : { seq: prev.seq + 1, prev: prev.id }),
    body: { roles: genesis.id, name, version, state: 'live' },
  }) as StatusOp

test('what is in force is what the head says', () => {
  const next = rolesAfter(genesis)
  const view = viewIdentity(genesis.identity, [next, genesis])
  assert.deepEqual([view?.head, view?.seq, view?.roles, view?.chain.length, view?.forked], [next.id, 1, next.body, 2, undefined])
})

test('there is no view without the genesis, and none of something else', () => {
  const next = rolesAfter(genesis)
  assert.equal(viewIdentity(genesis.identity, []), undefined)
  assert.equal(viewIdentity(genesis.identity, [next]), undefined)
  assert.equal(viewIdentity(next.id as OpId as IdentityId, [genesis, next]), undefined)
})

test('what may succeed an op is what its view goes on with', () => {
  const next = rolesAfter(genesis)
  const [stranger, later] = [keyPairFromSeed(new Uint8Array(32).fill(1)).publicKey, rolesAfter(next)]
  const foreign = { ...next, identity: next.id as OpId as IdentityId }
  for (const op of [next, later, foreign, { ...next, signers: new Set([stranger]) }]) {
    assert.equal(maySucceed(op, genesis), viewIdentity(genesis.identity, [genesis, { ...op, prev: genesis.id }])?.head === op.id)
  }
  assert(maySucceed(next, genesis) && maySucceed(later, next) && !maySucceed(later, genesis))
})

test('a very long chain and a very long feed neither overflow nor crawl', () => {
  const chain: ChainOp[] = [genesis]
  for (let n = 0; n < LONG; n += 1) chain.push(rolesAfter(chain.at(-1) ?? genesis))
  const view = viewIdentity(genesis.identity, chain.toReversed())
  assert.equal(view?.seq, LONG)
  const feed: FeedOp[] = []
  for (let n = 0; n < LONG; n += 1) feed.push(statusAfter(feed.at(-1)))
  assert(view !== undefined)
  assert.deepEqual(viewPackage(view, name, feed.toReversed()).heads.get(publicKey), { seq: LONG - 1, head: feed.at(-1)?.id })
})

test('a very wide fork is one fork', () => {
  const tips = Array.from({ length: LONG }, (_, at) => rolesAfter(genesis, at))
  const view = viewIdentity(genesis.identity, [...tips, genesis])
  assert.equal(view?.forked?.tips.length, LONG)
  assert.equal(view.head, genesis.id)
})
