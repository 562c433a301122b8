import assert from 'node:assert/strict'
import test from 'node:test'
import { type FeedOp, type OpinionOp, opIdOfHash, type PackageName, type PublicKey, type ReleaseKey, type Roles, type Version } from '#core'
import { countedSigners, isAuthorised, isFullySigned, keysForOpinions, maySpeakOfOthers } from './authorise.ts'
import { encodePayload } from './encode-payload.ts'
import { signPayload } from './envelope.ts'
import { keyPairFromSeed } from './key-pair.ts'
import { openOp } from './open-op.ts'

const keys = Array.from({ length: 4 }, (_, n) => keyPairFromSeed(new Uint8Array(32).fill(n + 1)))
const keyOf = (n: number): PublicKey => keys[n]?.publicKey as PublicKey
const id = opIdOfHash(new Uint8Array(32))

const opOf = (name: string, at: number, signers: readonly number[]): FeedOp =>
  openOp(signPayload(encodePayload({
    type: 'status', identity: id as FeedOp['identity'], feed: keyOf(signers[0] ?? 0), at, seq: 0,
    body: { roles: id, name: name as PackageName, version: '1.0.0' as Version, state: 'live' },
  }), signers.flatMap((n) => keys[n] ?? []))) as FeedOp

const rolesOf = (release: readonly ReleaseKey[], changes: Partial<Roles> = {}): Roles => ({
  root: { keys: [keyOf(3)], need: 1 }, recovery: { keys: [], need: 0 }, release, need: 1, ...changes,
})

const isFull = (op: FeedOp, roles: Roles): boolean => isFullySigned(op, roles)

test('a key is authorised for its names until it expires', () => {
  const roles = rolesOf([{ key: keyOf(0), names: ['io.ggen.*', '@scope/*'], expires: 100 }])
  assert(isAuthorised(opOf('io.ggen.cli', 100, [0]), roles))
  assert(isAuthorised(opOf('@scope/cli', 0, [0]), roles))
  assert(!isAuthorised(opOf('io.ggen.cli', 101, [0]), roles))
  assert(!isAuthorised(opOf('io.ggen', 0, [0]), roles))
  assert(!isAuthorised(opOf('io.ggen.cli', 0, [1]), roles))
  assert(!isAuthorised(opOf('io.ggen.cli', 0, [3]), roles), 'a root key is no release key')
  assert(!isAuthorised(opOf('io.ggen.cli', 0, [0]), rolesOf([])))
})

test('half-signed ops are authorised, so that they can be co-signed', () => {
  const roles = rolesOf([0, 1].map((n) => ({ key: keyOf(n), names: ['*'] })), { need: 2 })
  assert(isAuthorised(opOf('tool', 0, [0]), roles))
  assert(!isFull(opOf('tool', 0, [0]), roles))
  assert(isFull(opOf('tool', 0, [0, 1]), roles))
  assert(!isFull(opOf('tool', 0, [0, 2]), roles))
})

test('enough other signatures do not replace the owner of the feed', () => {
  const roles = rolesOf([{ key: keyOf(0), names: ['other'] }, { key: keyOf(1), names: ['*'] }])
  assert(!isFull(opOf('tool', 0, [0, 1]), roles))
  const expired = rolesOf([{ key: keyOf(0), names: ['*'], expires: 5 }, { key: keyOf(1), names: ['*'] }])
  assert(!isFull(opOf('tool', 6, [0, 1]), expired))
  assert(isFull(opOf('tool', 5, [0, 1]), expired))
})

test('machines never count as people', () => {
  const machines = [0, 1].map((n) => ({ key: keyOf(n), names: ['*'], auto: true }))
  const roles = rolesOf([...machines, { key: keyOf(2), names: ['*'] }], { human: 1, need: 2 })
  assert(!isFull(opOf('tool', 0, [0, 1]), roles))
  assert(isFull(opOf('tool', 0, [0, 2]), roles))
  assert(!isFull(opOf('tool', 0, [2]), roles))
})

test('only a key for every name speaks of others, in its time, and with as many signatures as a release needs', () => {
  const release = [{ key: keyOf(0), names: ['a', '*'], expires: 100 }, { key: keyOf(1), names: ['io.*', 'tool'] }, { key: keyOf(2), names: ['*'] }]
  const roles = rolesOf(release, { need: 2 })
  const may = (key: number, at: number): boolean => maySpeakOfOthers(roles, keyOf(key), at)
  assert.deepEqual([may(0, 100), may(0, 101), may(1, 0), may(2, 101), may(3, 0)], [true, false, false, true, false])
  const opinion = (at: number, signers: readonly number[]): OpinionOp =>
    openOp(signPayload(encodePayload({
      type: 'endorse', identity: id as OpinionOp['identity'], key: keyOf(signers[0] ?? 0), at, seq: 0,
      body: { roles: id, target: id as OpinionOp['identity'], names: [], level: 'vouch' },
    }), signers.flatMap((n) => keys[n] ?? []))) as OpinionOp
  assert.deepEqual([opinion(0, [0]), opinion(101, [0]), opinion(0, [1, 0])].map((op) => isAuthorised(op, roles)), [true, false, false])
  const isWhole = (op: OpinionOp): boolean => isFullySigned(op, roles) && isFullySigned(op, roles, keysForOpinions(roles))
  assert.deepEqual(countedSigners(opinion(0, [0, 1, 2]), roles).map(({ key }) => key), [keyOf(0), keyOf(2)], 'a key for some names says nothing of others')
  assert.deepEqual([opinion(0, [0]), opinion(0, [0, 1]), opinion(0, [0, 2]), opinion(101, [0, 2])].map(isWhole), [false, false, true, false])
})
