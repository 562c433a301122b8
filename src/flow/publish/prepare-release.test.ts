import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type ChainOp, digestOf, Fingerprinter, type GenesisOp, parsePackageName, parseVersion, type ReleaseOp } from '#core'
import { memoryTrustStore } from '#store'
import { createIdentity, keyPairFromSeed, openOp, type PackageView, signingBytes, signPayload, viewIdentity, viewPackage } from '#trust'
import { chunkListId, encodeChunkList } from '#wire'
import { seeded, TEST_EPOCH } from '#testing'
import { assertStillNext, type KnownNow, signIntent, type Signing, unfinishedOps } from './commit-op.ts'
import { alreadyPublished, prepareRelease, type ReleaseDraft, type ReleaseFacts } from './prepare-release.ts'

const born = createIdentity(seeded('publisher'), TEST_EPOCH)
const key = keyPairFromSeed(born.release)
const genesis = openOp(born.genesis) as GenesisOp
const identity = viewIdentity(born.identity, [genesis as ChainOp])
assert.ok(identity)
const name = parsePackageName('tool')
const NOW = (TEST_EPOCH + 100) * 1000

const facts = (version: string, content = version): ReleaseFacts => {
  const hash = new Fingerprinter()
  hash.update(Buffer.from(content))
  return {
    manifest: { name, version: parseVersion(version) },
    fingerprint: hash.finish(),
    summary: { title: 'tool', description: '', tags: [], category: 'uncategorized', license: '', author: '' },
    scripts: false, bins: 0, dependencies: 0,
  }
}

const draft = (known: PackageView, about: ReleaseFacts, change: Partial<ReleaseDraft> = {}): ReleaseDraft => ({
  identity, feed: key.publicKey, known, facts: about, metadata: { digest: digestOf(Buffer.from('{}')), sizeBytes: 2 }, now: NOW, notBefore: 0, ...change,
})

const sign = (payload: Uint8Array): Signing =>
  ({ signatures: [{ key: key.publicKey, signature: key.sign(signingBytes(payload)) }], check: () => undefined })

const openPrepared = ({ payload }: { readonly payload: Uint8Array }): ReleaseOp => openOp(signPayload(payload, [key])) as ReleaseOp

const view = (...releases: readonly ReleaseOp[]): PackageView => viewPackage(identity, name, releases)

const knowing = (known: PackageView): KnownNow => ({ identity: () => identity, package: () => known, latestWord: () => 0 })

describe('preparing a release', () => {
  test('journals the exact payload, and the signature over it makes the op', () => {
    const trust = memoryTrustStore()
    const { intent, payload } = prepareRelease(trust, draft(view(), facts('1.0.0')))
    assert.deepEqual(trust.intent(intent)?.payload, payload)
    const op = signIntent(trust, intent, sign(payload))
    assert.equal(op.id, intent)
    assert.equal(op.seq, 0)
    assert.deepEqual(trust.ownOps(), [op.bytes])
  })

  test('names the chunk list of an archive that has one, and no other', () => {
    const chunks = chunkListId(encodeChunkList([new Uint8Array(32), new Uint8Array(32)]))
    const large = openPrepared(prepareRelease(memoryTrustStore(), draft(view(), { ...facts('1.0.0'), chunks })))
    assert.equal(large.body.artifact.chunks, chunks)
    assert.equal(openPrepared(prepareRelease(memoryTrustStore(), draft(view(), facts('1.0.0')))).body.artifact.chunks, undefined)
  })

  test('continues the feed after the later one of what was signed here and what the network knows', () => {
    const trust = memoryTrustStore()
    const first = prepareRelease(trust, draft(view(), facts('1.0.0')))
    const signed = signIntent(trust, first.intent, sign(first.payload)) as ReleaseOp
    const own = openPrepared(prepareRelease(trust, draft(view(), facts('1.1.0'))))
    assert.deepEqual([own.seq, own.prev], [1, signed.id])
    const elsewhere = memoryTrustStore()
    const seen = openPrepared(prepareRelease(elsewhere, draft(view(signed), facts('1.1.0'))))
    assert.deepEqual([seen.seq, seen.prev], [1, signed.id])
  })

  test('never dates a release before what it stands on, whatever the clock says', () => {
    const late = openPrepared(prepareRelease(memoryTrustStore(), draft(view(), facts('1.0.0'), { now: 5000, notBefore: TEST_EPOCH + 7 })))
    assert.equal(late.at, TEST_EPOCH + 7)
  })
})

describe('dating a release', () => {
  const at = TEST_EPOCH + 100
  const saying = (saidAt: number): PackageView => ({ ...view(), tags: new Map([['latest', { name: 'latest', version: parseVersion('1.0.0'), at: saidAt }]]) })
  const dated = (known: PackageView, change: Partial<ReleaseDraft>): number =>
    openPrepared(prepareRelease(memoryTrustStore(), draft(known, facts('2.0.0'), change))).at

  test('takes latest from what was said of it, also in the same second', () => {
    assert.equal(dated(saying(at), { notBefore: at }), at + 1)
    assert.equal(dated(saying(at - 50), { notBefore: at - 50 }), at)
  })

  test('leaves latest to what was just said of it, however long it took since', () => {
    assert.equal(dated(saying(at - 50), { notBefore: at - 50, keepsLatest: true }), at - 50)
  })

  test('is to be tried again where something was said since, or nothing is known to have been said', () => {
    for (const known of [saying(at - 50), view()]) assert.throws(() => dated(known, { notBefore: at - 49, keepsLatest: true }), { code: 'publish-expired' })
  })
})

describe('committing a release', () => {
  test('twice gives the same op', () => {
    const trust = memoryTrustStore()
    const { intent, payload } = prepareRelease(trust, draft(view(), facts('1.0.0')))
    const signature = sign(payload)
    assert.deepEqual(signIntent(trust, intent, signature), signIntent(trust, intent, signature))
    assert.equal(trust.ownOps().length, 1)
  })

  test('is refused for a wrong signature, and nothing is kept', () => {
    const trust = memoryTrustStore()
    const { intent } = prepareRelease(trust, draft(view(), facts('1.0.0')))
    const wrong = { ...sign(new Uint8Array(1)), check: () => assert.fail('it is no op') }
    assert.throws(() => signIntent(trust, intent, wrong), { code: 'op-invalid' })
    assert.deepEqual(trust.ownOps(), [])
    assert.equal(trust.intent(intent)?.state, 'prepared')
  })

  test('is refused for what nobody would accept, and nothing is kept', () => {
    const trust = memoryTrustStore()
    const { intent, payload } = prepareRelease(trust, draft(view(), facts('1.0.0')))
    const check = (): never => assert.fail('nobody would')
    assert.throws(() => signIntent(trust, intent, { ...sign(payload), check }), /nobody would/)
    assert.deepEqual([trust.ownOps(), trust.intent(intent)?.state], [[], 'prepared'])
  })

  test('is refused once another publish took the place', () => {
    const trust = memoryTrustStore()
    const first = prepareRelease(trust, draft(view(), facts('1.0.0')))
    prepareRelease(trust, draft(view(), facts('1.0.1')))
    assert.throws(() => signIntent(trust, first.intent, sign(first.payload)), { code: 'publish-expired' })
  })

  test('is refused when the network took its place or its version meanwhile', () => {
    const trust = memoryTrustStore()
    const elsewhere = openPrepared(prepareRelease(memoryTrustStore(), draft(view(), facts('1.0.0'))))
    for (const version of ['1.0.0', '2.0.0']) {
      const intent = trust.intent(prepareRelease(trust, draft(view(), facts(version))).intent)
      assert.ok(intent)
      assertStillNext(intent, knowing(view()))
      assert.throws(() => assertStillNext(intent, knowing(view(elsewhere))), { code: 'publish-expired' })
    }
  })

  test('is finished after a crash when it was signed, and forgotten when it was not', () => {
    const trust = memoryTrustStore()
    const signed = prepareRelease(trust, { ...draft(view(), facts('1.0.0')), tells: 'p2p' })
    const op = signIntent(trust, signed.intent, sign(signed.payload))
    const unsigned = prepareRelease(trust, draft(view(), facts('1.1.0')))
    assert.deepEqual(unfinishedOps(trust).map((found) => [found.op.id, found.tells]), [[op.id, 'p2p']])
    assert.equal(trust.intent(unsigned.intent), undefined)
  })
})

describe('a version that is published already', () => {
  const published = openPrepared(prepareRelease(memoryTrustStore(), draft(view(), facts('1.0.0+linux'))))

  test('with the same bytes is the same release', () => {
    assert.equal(alreadyPublished(view(published), facts('1.0.0+linux'))?.id, published.id)
    assert.equal(alreadyPublished(view(published), facts('1.0.1')), undefined)
    assert.equal(alreadyPublished(undefined, facts('1.0.0')), undefined)
  })

  test('with other bytes, or other build metadata, is a conflict', () => {
    assert.throws(() => alreadyPublished(view(published), facts('1.0.0+linux', 'other')), { code: 'conflict' })
    assert.throws(() => alreadyPublished(view(published), facts('1.0.0+darwin', '1.0.0+linux')), { code: 'conflict' })
  })
})
