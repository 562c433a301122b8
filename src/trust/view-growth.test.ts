import assert from 'node:assert/strict'
import test, { type TestContext } from 'node:test'
import {
  type ChainOp, digestOf, type FeedOp, type GenesisOp, type IdentityId, type OpId, opIdOfHash, type PackageName, type PublicKey, type ReleaseOp, type Roles,
  type RolesOp, sha512FromBytes, type StatusOp, type Version,
} from '#core'
import { rounds } from '#testing'
import { PackageLedger } from './package-ledger.ts'
import { viewIdentity } from './view-identity.ts'
import { viewPackage } from './view-package.ts'

/** Four times as many ops may take about four times as long, and some more for want of memory that is near; a square would be sixteen times. */
const TIMES = 4
const MOST_GROWTH = 9
/** So little is done for each op that what the memory costs shows more. */
const MOST_LEDGER_GROWTH = 12
const ROUNDS = rounds(3, 5)
const FEED = rounds(8000, 25_000)
const ARRIVING = rounds(6000, 20_000)

const key = `ed01${'11'.repeat(32)}` as PublicKey
const name = 'tool' as PackageName
const signers = new Set([key])
const roles: Roles = { root: { keys: [key], need: 1 }, recovery: { keys: [], need: 0 }, release: [{ key, names: ['*'] }], need: 1 }

const numbered = (kind: number, number: number): OpId => {
  const hash = new Uint8Array(32)
  new DataView(hash.buffer).setUint32(0, number)
  hash[31] = kind
  return opIdOfHash(hash)
}

/** Views look at what ops say and who signed them, so that these need no bytes but such as tell them apart. */
const bytesOf = (id: OpId): Uint8Array => Buffer.from(id)

const identity = numbered(0, 0) as IdentityId
const genesis: GenesisOp = {
  type: 'genesis', id: identity, identity, at: 0, seq: 0, signers, bytes: bytesOf(identity), body: { ...roles, nonce: new Uint8Array(16) },
}

const rolesOp = (seq: number, prev: OpId, id: OpId): RolesOp =>
  ({ type: 'roles', id, identity, at: seq, seq, prev, signers, bytes: bytesOf(id), body: { ...roles, revoked: [], domains: [] } })

const chainOf = (length: number): ChainOp[] =>
  [genesis, ...Array.from({ length: length - 1 }, (_, index) => rolesOp(index + 1, index === 0 ? identity : numbered(1, index), numbered(1, index + 1)))]

const artifact = { digest: digestOf(Uint8Array.of(1)), sha512: sha512FromBytes(new Uint8Array(64)), sizeBytes: 1 }
const summary = { title: '', description: '', tags: [], category: '', license: '', author: '' }

/** Every tenth is a word about one version or all of them. */
const feedOf = (length: number, roleOf: (seq: number) => OpId): FeedOp[] =>
  Array.from({ length }, (_, seq): FeedOp => {
    const id = numbered(2, seq)
    const head = { id, identity, feed: key, at: seq, seq, ...(seq > 0 && { prev: numbered(2, seq - 1) }), signers, bytes: bytesOf(id) }
    const about = { roles: roleOf(seq), name }
    if (seq % 10 === 9) return { type: 'status', ...head, body: { ...about, version: seq % 3 === 0 ? '*' : `1.0.${seq - 1}` as Version, state: 'deprecated' } }
    return {
      type: 'release', ...head,
      body: {
        ...about, version: `1.0.${seq}` as Version, kind: 'tgz', artifact, metadata: { digest: artifact.digest, sizeBytes: 1 }, summary,
        scripts: false, bins: 0, dependencies: 0, provenance: [],
      },
    }
  })

/** Of this process alone, whatever else the machine does. */
const cpuMs = (): number => {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

/** How much longer it takes with more ops: the cheapest of some rounds with few and with many, one after the other. */
const growth = (t: TestContext, n: number, prepare: (size: number) => () => void): number => {
  const sizes = [n, TIMES * n].map(prepare)
  const best = sizes.map(() => Infinity)
  for (let round = 0; round < ROUNDS; round++) {
    for (const [index, work] of sizes.entries()) {
      const began = cpuMs()
      work()
      best[index] = Math.min(best[index] ?? Infinity, cpuMs() - began)
    }
  }
  const [few = 0, many = 0] = best
  t.diagnostic(`${n}: ${few.toFixed(1)} ms, ${TIMES * n}: ${many.toFixed(1)} ms of the processor, ${(many / few).toFixed(2)} times as long`)
  return many / few
}

test(`a feed of ${TIMES * FEED} ops is viewed in a time that grows with their number`, (t) => {
  const view = viewIdentity(identity, [genesis])
  assert(view !== undefined)
  const ratio = growth(t, FEED, (size) => {
    const ops = feedOf(size, () => identity).toReversed()
    return () => assert.deepEqual(viewPackage(view, name, ops).heads.get(key), { seq: size - 1, head: numbered(2, size - 1) })
  })
  assert(ratio < MOST_GROWTH)
})

test('a chain of 10,000 roles ops, and a feed that follows them, are viewed in a time that grows with their number', (t) => {
  const ratio = growth(t, 2500, (size) => {
    const [chain, feed] = [chainOf(size).toReversed(), feedOf(size, (seq) => (seq === 0 ? identity : numbered(1, seq)))]
    return () => {
      const view = viewIdentity(identity, chain)
      assert.equal(view?.seq, size - 1)
      assert.equal(viewPackage(view, name, feed).heads.get(key)?.seq, size - 1)
    }
  })
  assert(ratio < MOST_GROWTH)
})

test('a fork of 10,000 branches, and a slot that 10,000 ops claim, are seen in a time that grows with their number', (t) => {
  const view = viewIdentity(identity, [genesis])
  assert(view !== undefined)
  const ratio = growth(t, 2500, (size) => {
    const branches = [genesis, ...Array.from({ length: size }, (_, index) => rolesOp(1, identity, numbered(1, index)))]
    const claims = feedOf(size, () => identity).map((op) =>
      (op.type === 'release' ? { ...op, body: { ...op.body, version: '1.0.0' as Version, artifact: { ...artifact, sizeBytes: op.seq } } } : op))
    return () => {
      assert.equal(viewIdentity(identity, branches)?.forked?.tips.length, size)
      assert.equal(viewPackage(view, name, claims).releases.get('1.0.0' as Version)?.rivals.length, Math.ceil(size * 0.9) - 1)
    }
  })
  assert(ratio < MOST_GROWTH)
})

/** A feed without words about all versions, after each of which all of them have to be looked at. */
const wordsOnOne = (ops: readonly FeedOp[]): readonly FeedOp[] =>
  ops.map((op) => (op.type === 'status' && op.body.version === '*' ? { ...op, body: { ...op.body, version: '1.0.0' as Version } } : op))

/** After the first release so many that say that they follow it, each with other bytes for one version. */
const forkOf = (length: number): readonly FeedOp[] => {
  const [first, ...others] = feedOf(length, () => identity)
  const branches = others.flatMap((op): readonly FeedOp[] => {
    if (op.type === 'status' || first === undefined) return []
    const body = { ...op.body, version: '2.0.0' as Version, artifact: { ...artifact, sizeBytes: op.seq } }
    return [{ ...op, id: numbered(3, op.seq), seq: 1, prev: first.id, body }]
  })
  return first === undefined ? branches : [first, ...branches]
}

/** Orders of arrival, and how the package stands in the end. */
const ARRIVALS: Readonly<Record<string, readonly [(size: number) => readonly FeedOp[], string]>> = {
  'one after the other': [(size) => wordsOnOne(feedOf(size, () => identity)), 'deprecated'],
  backwards: [(size) => wordsOnOne(feedOf(size, () => identity)).toReversed(), 'deprecated'],
  'to a fork': [forkOf, 'live disputed'],
  'before its feed forked at the first op': [(size) => [...wordsOnOne(feedOf(size, () => identity)), ...forkOf(size).slice(1, 2)], 'live'],
}

for (const [how, [arriving, standing]] of Object.entries(ARRIVALS)) {
  test(`an op that is added ${how} takes about as long however many there are`, (t) => {
    const who = viewIdentity(identity, [genesis])
    assert(who !== undefined)
    const ratio = growth(t, ARRIVING, (size) => {
      const ops = arriving(size)
      return () => {
        const ledger = new PackageLedger<ReleaseOp, StatusOp>(who, name)
        for (const op of ops) {
          ledger.put(op)
          for (const slot of ledger.takeChanged()) ledger.standing(slot)
        }
        const standings = ['1.0.0', '2.0.0'].flatMap((slot) => ledger.standing(slot as Version) ?? [])
        assert.equal(standings.join(' '), standing)
      }
    })
    assert(ratio < MOST_LEDGER_GROWTH)
  })
}
