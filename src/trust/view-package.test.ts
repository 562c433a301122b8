import assert from 'node:assert/strict'
import test from 'node:test'
import { digestOf, type FeedOp, type GenesisOp, type PackageName, type ReleaseOp, sha512FromBytes, type StatusState, type Version } from '#core'
import { encodePayload } from './encode-payload.ts'
import { signPayload } from './envelope.ts'
import { keyPairFromSeed } from './key-pair.ts'
import { openOp } from './open-op.ts'
import { viewIdentity } from './view-identity.ts'
import { viewPackage } from './view-package.ts'

const keys = [1, 2].map((n) => keyPairFromSeed(new Uint8Array(32).fill(n)))
const [first, second] = keys
assert(first !== undefined && second !== undefined)
const name = 'tool' as PackageName

const genesis = openOp(signPayload(encodePayload({
  type: 'genesis', at: 0, seq: 0,
  body: {
    root: { keys: [first.publicKey], need: 1 },
    recovery: { keys: [], need: 0 },
    release: keys.map(({ publicKey }) => ({ key: publicKey, names: ['*'] })),
    need: 1,
    nonce: new Uint8Array(16),
  },
}), [first])) as GenesisOp
const identity = viewIdentity(genesis.identity, [genesis])
assert(identity !== undefined)

const place = (prev: FeedOp | undefined) => (prev === undefined ? { seq: 0 } : { seq: prev.seq + 1, prev: prev.id })

interface Artifact { readonly version: string; readonly size?: number; readonly fill?: number; readonly digest?: string }

const release = (key: typeof first, { version, size = 1, fill = 1, digest = 'a' }: Artifact, prev?: FeedOp): ReleaseOp =>
  openOp(signPayload(encodePayload({
    type: 'release', identity: genesis.identity, feed: key.publicKey, at: 1, ...place(prev),
    body: {
      roles: genesis.id, name, version: version as Version, kind: 'tgz',
      artifact: { digest: digestOf(Buffer.from(digest)), sha512: sha512FromBytes(new Uint8Array(64).fill(fill)), sizeBytes: size },
      metadata: { digest: digestOf(Buffer.from('{}')), sizeBytes: 2 },
      summary: { title: '', description: '', tags: [], category: '', license: '', author: '' }, scripts: false, bins: 0, dependencies: 0, provenance: [],
    },
  }), [key])) as ReleaseOp

const status = (version: string, state: StatusState, prev: FeedOp): FeedOp =>
  openOp(signPayload(encodePayload({
    type: 'status', identity: genesis.identity, feed: first.publicKey, at: prev.at + 1, ...place(prev),
    body: { roles: genesis.id, name, version: version as Version, state, why: `because ${state}` },
  }), [first])) as FeedOp

test('a release is found by its slot and keeps its build metadata', () => {
  const op = release(first, { version: '1.0.0-rc.1+build.7' })
  const view = viewPackage(identity, name, [op]).releases.get('1.0.0-rc.1' as Version)
  assert.deepEqual(view, { version: '1.0.0-rc.1', release: op, standing: 'live', rivals: [] })
})

test('releases come in a fixed order, and a package without ops is empty', () => {
  const a = release(first, { version: '2.0.0' })
  const b = release(first, { version: '1.0.0' }, a)
  assert.deepEqual([...viewPackage(identity, name, [b, a]).releases.keys()], ['1.0.0', '2.0.0'])
  const empty = viewPackage(identity, name, [])
  assert.deepEqual([empty.name, empty.releases.size, empty.suspended.length, empty.heads.size], [name, 0, 0, 0])
})

test('bytes differ when any of the hashes or the size differs', () => {
  const op = release(first, { version: '1.0.0' })
  for (const other of [{ fill: 2 }, { digest: 'b' }, { size: 2 }]) {
    const rival = release(second, { version: '1.0.0', ...other })
    const view = viewPackage(identity, name, [op, rival]).releases.get('1.0.0' as Version)
    assert.equal(view?.standing, 'disputed')
    assert.deepEqual(new Set([view.release.id, ...view.rivals.map(({ id }) => id)]), new Set([op.id, rival.id]))
  }
})

test('a reason goes with its status and leaves with it', () => {
  const op = release(first, { version: '1.0.0' })
  const yank = status('1.0.0', 'yanked', op)
  const general = status('*', 'deprecated', yank)
  const seen = [[op], [op, yank], [op, yank, general]].map((ops) => viewPackage(identity, name, ops).releases.get('1.0.0' as Version))
  assert.deepEqual(seen.map((view) => [view?.standing, view?.why]), [['live', undefined], ['yanked', 'because yanked'], ['deprecated', 'because deprecated']])
  assert(seen[0] !== undefined && !Object.hasOwn(seen[0], 'why'))
})

test('ops about another name are ignored', () => {
  assert.equal(viewPackage(identity, 'other' as PackageName, [release(first, { version: '1.0.0' })]).releases.size, 0)
})
