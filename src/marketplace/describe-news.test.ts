import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ReleaseOp, StatusOp } from '#core'
import { Publisher } from '#testing'
import { openOp, type PackageView, viewIdentity, viewPackage } from '#trust'
import { describedRelease, dropNews, isFirst, opNews } from './describe-news.ts'

const alice = new Publisher('alice')
const [first, second, build] = ['1.9.0', '1.10.0', '1.10.1+linux'].map((version) => alice.release('tool', version)) as [ReleaseOp, ReleaseOp, ReleaseOp]
const genesis = openOp(alice.genesis)

const viewOf = (...ops: readonly (ReleaseOp | StatusOp)[]): PackageView => {
  const identity = genesis.type === 'genesis' ? viewIdentity(alice.identity, [genesis]) : undefined
  assert(identity !== undefined)
  return viewPackage(identity, first.body.name, ops)
}

test('a status speaks of the release of its version, or of the newest one', () => {
  const view = viewOf(first, second, build)
  const said = (version: string): StatusOp => alice.status('tool', version, { state: 'yanked' })
  assert.equal(describedRelease(said('1.9.0'), view)?.id, first.id)
  assert.equal(describedRelease(said('1.10.1'), view)?.id, build.id)
  assert.equal(describedRelease(said('*'), view)?.id, build.id)
  assert.equal(describedRelease(said('3.0.0'), view), undefined)
})

test('the first release of a package is the one that nothing of it is older than', () => {
  assert.equal(isFirst(first, () => viewOf(first, second)), true, 'also when others came with it')
  assert.equal(isFirst(first, () => undefined), true)
  assert.equal(isFirst(second, () => assert.fail('it continues a feed')), false)
  const other = { ...second, seq: 0 }
  assert.equal(isFirst(other, () => viewOf(first)), false, 'another key may have begun')
})

test('news say what the op says, and what the release is', () => {
  const heard = { source: 'sync', heardAt: 7 } as const
  const about = { description: '', category: 'uncategorized', tags: [] }
  const { name, version } = first.body
  const released = { name, version, identity: alice.identity, ...about, op: first.id, signedAt: first.at, ...heard }
  assert.deepEqual(opNews(first, { release: first, isFirst: true, ...heard }), { type: 'package', ...released })
  assert.deepEqual(opNews(first, { release: first, isFirst: false, ...heard }), { type: 'release', ...released })
  const status = alice.status('tool', '*', { state: 'deprecated', why: 'old' })
  const said = { ...released, version: '*', op: status.id, signedAt: status.at }
  assert.deepEqual(opNews(status, { release: first, isFirst: false, ...heard }), { type: 'status', state: 'deprecated', why: 'old', ...said })
  assert.deepEqual(opNews(status, { release: undefined, isFirst: false, ...heard }), { type: 'status', state: 'deprecated', why: 'old', ...said, category: '' })
  assert.deepEqual(dropNews(alice.identity, 3, 7), { type: 'dropped', identity: alice.identity, records: 3, heardAt: 7 })
})
