import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Advice, type ChainOp, type FeedOp, type IdentityId, LIMITS, parsePackageName, parseVersion } from '#core'
import { openOp, type PackageView, viewIdentity, viewPackage } from '#trust'
import { Publisher } from '#testing'
import { acceptableReleases, type Decided, whyUnacceptable } from './acceptable-releases.ts'
import type { Doubts } from './pick-release.ts'

const of = (alice: Publisher, ops: readonly FeedOp[]): PackageView => {
  const identity = viewIdentity(alice.identity as IdentityId, [openOp(alice.genesis) as ChainOp])
  assert(identity)
  return viewPackage(identity, parsePackageName('tool'), ops)
}

const view = (...versions: readonly string[]): PackageView => {
  const alice = new Publisher('alice')
  return of(alice, versions.map((version) => alice.release('tool', version)))
}

const accepted = (known: PackageView, doubts: Doubts = {}, decided: Decided = {}): string[] =>
  acceptableReleases(known, doubts, decided).map(({ version }) => version)

const young = (...versions: readonly string[]): Doubts => ({ isTooYoung: ({ body }) => versions.includes(body.version) })
const ADVICE: Advice = { by: `bafyrei${'a'.repeat(52)}` as IdentityId, range: '*', severity: 'high', at: 1 }

test('The newest come first, and pre-releases last', () => {
  assert.deepEqual(accepted(view('1.9.0', '1.10.0', '2.0.0-rc.1', '1.2.0')), ['1.10.0', '1.9.0', '1.2.0', '2.0.0-rc.1'])
})

test('What was yanked or withdrawn, is disputed or advised against is left out, whatever was decided', () => {
  const alice = new Publisher('alice')
  const ops = [
    ...['1.0.0', '1.1.0', '1.2.0', '1.3.0', '1.4.0'].map((version) => alice.release('tool', version)),
    alice.status('tool', '1.1.0', { state: 'yanked' }), alice.status('tool', '1.2.0', { state: 'withdrawn' }),
    alice.status('tool', '1.3.0', { state: 'deprecated' }),
  ]
  const against: Doubts = { adviceAgainst: ({ body }) => (body.version === '1.4.0' ? ADVICE : undefined) }
  assert.deepEqual(accepted(of(alice, ops), against, { asked: parseVersion('1.4.0') }), ['1.3.0', '1.0.0'])
  const twice = [new Publisher('alice').release('tool', '2.0.0'), new Publisher('alice').release('tool', '2.0.0', { content: 'other' })]
  assert.deepEqual(accepted(of(alice, twice)), [])
})

test('What is too young is left out, unless it is locked, was named, or there is nothing older', () => {
  const known = view('1.0.0', '1.1.0', '2.0.0')
  const doubts = young('1.1.0', '2.0.0')
  assert.deepEqual(accepted(known, doubts), ['1.0.0'])
  assert.deepEqual(accepted(known, doubts, { asked: parseVersion('2.0.0') }), ['2.0.0', '1.0.0'])
  assert.deepEqual(accepted(known, young('1.0.0', '1.1.0', '2.0.0')), ['2.0.0', '1.1.0', '1.0.0'])
  const digest = known.releases.get(parseVersion('1.1.0'))?.release.body.artifact.digest ?? assert.fail()
  assert.deepEqual(accepted(known, doubts, { locked: { version: parseVersion('1.1.0'), digest } }), ['1.1.0', '1.0.0'])
  const other = known.releases.get(parseVersion('1.0.0'))?.release.body.artifact.digest ?? assert.fail()
  assert.deepEqual(accepted(known, doubts, { locked: { version: parseVersion('1.1.0'), digest: other } }), ['1.0.0'], 'other bytes')
})

test('Of very many releases so many are looked at, the newest and what is locked', () => {
  const alice = new Publisher('alice')
  const releases = Array.from({ length: LIMITS.planCandidates + 2 }, (_, minor) => alice.release('tool', `1.${minor}.0`))
  const [oldest] = releases
  assert(oldest)
  const known = accepted(of(alice, releases), {}, { locked: { version: oldest.body.version, digest: oldest.body.artifact.digest } })
  assert.deepEqual([known.length, known[0], known[1]], [LIMITS.planCandidates, '1.0.0', `1.${LIMITS.planCandidates + 1}.0`])
})

test('Why nothing in a range may be installed is said as where one package is installed', () => {
  const known = view('1.0.0', '2.0.0')
  assert.equal(whyUnacceptable(known, '^3', {}).code, 'version-not-found')
  assert.equal(whyUnacceptable(known, '^2', young('2.0.0')).code, 'too-young')
  assert.equal(whyUnacceptable(known, '2.0.0', young('2.0.0')).code, 'too-young', 'another package may not name it')
  assert.equal(whyUnacceptable(known, undefined, { adviceAgainst: () => ADVICE }).code, 'advised-against')
})
