import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type ChainOp, LIMITS, parsePackageName } from '#core'
import { openOp, viewIdentity, viewPackage } from '#trust'
import { Publisher } from '#testing'
import { proofOf, toFetched, toPackageInfo, toReceipt } from './describe-package.ts'

test('what is said of a package names full versions, newest first', () => {
  const alice = new Publisher('alice')
  const releases = [alice.release('tool', '1.0.0+a'), alice.release('tool', '1.10.0'), alice.release('tool', '1.9.0')]
  const identity = viewIdentity(alice.identity, [openOp(alice.genesis) as ChainOp])
  assert.ok(identity)
  const view = viewPackage(identity, parsePackageName('tool'), releases)
  const [oldest] = [...view.releases.values()]
  assert.ok(oldest)
  const advice = Array.from({ length: LIMITS.shownAdvice + 1 }, (_, at) => ({ by: alice.identity, range: '*', severity: 'low' as const, at }))
  const described = toPackageInfo(view, oldest, { holders: 2, block: { by: 'you' }, advice })
  assert.deepEqual([described.blocked, described.advice], [{ by: 'you' }, advice.slice(0, LIMITS.shownAdvice)])
  const plain = toPackageInfo(view, oldest, { holders: 2, block: undefined, advice: [] })
  assert.deepEqual([Object.hasOwn(plain, 'blocked'), Object.hasOwn(plain, 'advice')], [false, false])
  assert.equal(described.version, '1.0.0+a')
  assert.equal(described.holders, 2)
  assert.deepEqual(described.versions.map(({ version }) => version), ['1.10.0', '1.9.0', '1.0.0+a'])
})

test('receipts and fetches name the release, its bytes and who gave them', () => {
  const release = new Publisher('alice').release('tool', '1.0.0')
  const { artifact } = release.body
  assert.deepEqual(toReceipt(release, 1), {
    name: 'tool', version: '1.0.0', identity: release.identity, digest: artifact.digest, sizeBytes: artifact.sizeBytes, op: release.id, holders: 1,
  })
  const report = { sources: [], resumedBytes: 1, wastedBytes: 2, durationMs: 3 }
  const { digest, sha512, sizeBytes } = artifact
  const proof = { release: release.id, identity: release.identity, sha512 }
  assert.deepEqual(toFetched(release, report), { name: 'tool', version: '1.0.0', identity: release.identity, digest, sha512, sizeBytes, ...report, proof })
  const large = { ...release, body: { ...release.body, artifact: { ...artifact, chunks: release.id } } }
  assert.deepEqual(proofOf(large), { ...proof, chunks: release.id })
})
