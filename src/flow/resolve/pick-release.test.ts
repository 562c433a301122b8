import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Advice, type ChainOp, type IdentityId, LIMITS, parsePackageName, parseVersion, type ReleaseOp } from '#core'
import { openOp, type PackageView, viewIdentity, viewPackage } from '#trust'
import { Publisher } from '#testing'
import { type Doubts, pickRelease } from './pick-release.ts'

const view = (...versions: readonly string[]): PackageView => of(new Publisher('alice'), (alice) => versions.map((version) => alice.release('tool', version)))

const of = (alice: Publisher, releases: (alice: Publisher) => readonly ReleaseOp[]): PackageView => {
  const identity = viewIdentity(alice.identity as IdentityId, [openOp(alice.genesis) as ChainOp])
  assert.ok(identity)
  return viewPackage(identity, parsePackageName('tool'), releases(alice))
}

const picked = (known: PackageView, range?: string): string => pickRelease(known, range).release.body.version

test('without a range the newest stable version is meant, by SemVer and not by text or date', () => {
  assert.equal(picked(view('1.9.0', '1.10.0', '1.2.0')), '1.10.0')
  assert.equal(picked(view('1.0.0', '2.0.0-rc.1')), '1.0.0')
  assert.equal(picked(view('2.0.0-rc.1', '2.0.0-rc.2')), '2.0.0-rc.2', 'a pre-release where there is nothing else')
  assert.equal(picked(view('1.0.0', '1.1.0'), 'latest'), '1.1.0')
})

test('a range means the newest version in it', () => {
  const known = view('0.9.0', '1.0.0', '1.4.2', '2.0.0')
  assert.equal(picked(known, '^1'), '1.4.2')
  assert.equal(picked(known, '<1.0.0'), '0.9.0')
  assert.equal(picked(known, '1.0.0'), '1.0.0')
  assert.equal(picked(known, '*'), '2.0.0')
})

test('build metadata belongs to the text of a version, not to its slot', () => {
  const known = view('26.8.18+dfcm.1')
  assert.equal(picked(known), '26.8.18+dfcm.1')
  assert.equal(picked(known, '26.8.18'), '26.8.18+dfcm.1')
  assert.equal(picked(known, '26.8.18+dfcm.1'), '26.8.18+dfcm.1')
  assert.throws(() => pickRelease(known, '26.8.18+other'), { code: 'version-not-found' })
})

test('what is too young is left, unless it is named or there is nothing else', () => {
  const known = view('1.0.0', '1.1.0', '2.0.0')
  const young = (...versions: readonly string[]): Doubts => ({ isTooYoung: ({ body }) => versions.includes(body.version) })
  assert.equal(pickRelease(known, undefined, young('2.0.0')).version, '1.1.0')
  assert.equal(pickRelease(known, '^1', young('2.0.0', '1.1.0')).version, '1.0.0')
  assert.equal(pickRelease(known, '2.0.0', young('2.0.0')).version, '2.0.0')
  assert.throws(() => pickRelease(known, '^2', young('2.0.0')), { code: 'too-young', message: /tool@2\.0\.0/ })
  assert.equal(pickRelease(known, undefined, young('1.0.0', '1.1.0', '2.0.0')).version, '2.0.0', 'a new package has nothing older')
})

const ADVICE: Advice = {
  by: `bafyrei${'a'.repeat(52)}` as IdentityId, range: '*', severity: 'high', why: 'it leaks', ref: 'https://example.com/1', fix: parseVersion('2.0.1'), at: 1,
}

test('what is advised against is left, also when it is named, and it is said who does, why, and what to take instead', () => {
  const known = view('1.0.0', '1.1.0', '2.0.0')
  const against = (...versions: readonly string[]): Doubts => ({ adviceAgainst: ({ body }) => (versions.includes(body.version) ? ADVICE : undefined) })
  assert.equal(pickRelease(known, undefined, against('2.0.0')).version, '1.1.0')
  assert.equal(pickRelease(known, '2.0.0', against('1.1.0')).version, '2.0.0')
  const refusal = { code: 'advised-against', message: /tool@2\.0\.0.*aaaa-aaaa-aaaa.*high.*it leaks.*example/, hint: /2\.0\.1.*--accept-advisory/ }
  for (const range of ['2.0.0', '^2']) assert.throws(() => pickRelease(known, range, against('2.0.0')), refusal)
  assert.throws(() => pickRelease(known, undefined, against('1.0.0', '1.1.0', '2.0.0')), refusal)
  const doubts = { ...against('2.0.0'), isTooYoung: ({ body }: ReleaseOp): boolean => body.version === '1.1.0' }
  assert.equal(pickRelease(known, undefined, doubts).version, '1.0.0', 'both together')
})

test('what is not there says what is', () => {
  assert.throws(() => pickRelease(view('1.0.0'), '3.0.0'), { code: 'version-not-found', details: { versions: ['1.0.0 (live)'] } })
  assert.throws(() => pickRelease(view('1.0.0'), '^3'), { code: 'version-not-found' })
  assert.throws(() => pickRelease(view('1.0.0'), 'not a range'), { code: 'range-invalid' })
  assert.throws(() => pickRelease(view('1.0.0'), '1||'.repeat(LIMITS.rangeChars)), { code: 'range-invalid' })
})

test('a disputed version is never chosen, and is named as what it is', () => {
  const alice = new Publisher('alice')
  const known = of(alice, () => [alice.release('tool', '1.0.0'), new Publisher('alice').release('tool', '1.0.0', { content: 'other' })])
  for (const range of [undefined, '1.0.0']) assert.throws(() => pickRelease(known, range), { code: 'disputed' })
  assert.throws(() => pickRelease(known, '^1'), { code: 'disputed' })
})

test('what a key signed after it contradicted itself is not there, and the error says why', () => {
  const [alice, twin] = [new Publisher('alice'), new Publisher('alice')]
  const known = of(alice, () => [
    alice.release('tool', '1.0.0'), alice.release('tool', '1.1.0'), alice.release('tool', '1.2.0'),
    twin.release('tool', '1.0.0'), twin.release('tool', '1.1.0', { content: 'other' }),
  ])
  assert.equal(picked(known), '1.0.0')
  assert.throws(() => pickRelease(known, '1.2.0'), { code: 'disputed' })
  assert.throws(() => pickRelease(known, '^1.1'), { code: 'disputed' })
})

test('A version that was installed before and is not there any more was disowned, and that is said', () => {
  const wasInstalled = (version: string): boolean => version === '1.1.0'
  const refused = { code: 'version-not-found', message: /^tool@1\.1\.0 was installed before, and does not count any more: its publisher has revoked the key/ }
  assert.throws(() => pickRelease(view('1.0.0'), '1.1.0', { wasInstalled }), refused)
  assert.throws(() => pickRelease(view('1.0.0'), '1.2.0', { wasInstalled }), { code: 'version-not-found', message: 'tool has no version 1.2.0' })
  assert.equal(pickRelease(view('1.0.0', '1.1.0'), '1.1.0', { wasInstalled }).version, '1.1.0')
})
