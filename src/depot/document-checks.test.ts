import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { gunzipSync } from 'node:zlib'
import { Events, isGgenError, NPM_LIMITS } from '#core'
import { makeForm, makeSigningKey, type SigningKey } from '#npm'
import { seeded } from '#testing'
import { DepotScene, going, TOOL } from './depot-scene.conformance.ts'
import { DocumentChecks } from './document-checks.ts'
import type { DocumentWish } from './documents.ts'
import { Refusals } from './refusals.ts'
import { SourceKeys } from './source-keys.ts'

const wish: DocumentWish = { isAbbreviated: false, tarballsAt: 'upstream', wantsNews: false, acceptsBrotli: false }

const [OURS, THEIRS] = [makeSigningKey(seeded('ours')), makeSigningKey(seeded('theirs'))]
const archive = (version: string): Buffer => Buffer.from(`bytes of ${version}`)
const versionsOf = async (scene: DepotScene, how: Partial<DocumentWish> = {}): Promise<string> => {
  const { bytes, stale } = await scene.depot.document(TOOL, { ...wish, wantsNews: true, ...how }, going)
  const { versions } = JSON.parse(gunzipSync(bytes).toString()) as { versions: object }
  return `${Object.keys(versions).join(' ')}${stale === undefined ? '' : ' stale'}`
}
const isDowngrade = (error: unknown): boolean => isGgenError(error, 'downgrade')

describe('DocumentChecks', () => {
  it('takes what one version is from a registry that did not sign it only where that is usual there', async () => {
    await using scene = new DepotScene()
    scene.registry.listKeys(OURS)
    const { records, clock, source } = scene
    const events = new Events()
    const keys = new SourceKeys({ records, clock, events, acceptedKeys: new Set() })
    const checks = new DocumentChecks({ records, keys, refusals: new Refusals({ records, clock, events }), makeForm: async (job) => makeForm(job) })
    const manifest = { name: TOOL, version: '1.0.0', dist: { tarball: 'x', integrity: 'sha512-x' } }
    await checks.checkManifest(source, { name: TOOL, version: '1.0.0', manifest }, going)
    for (let count = 0; count < 20; count += 1) records.noteSigning(source.id, true)
    await assert.rejects(checks.checkManifest(source, { name: TOOL, version: '1.0.0', manifest }, going), isDowngrade)
  })
})

describe('Documents of a registry that signs', () => {
  /** A scene whose registry has these keys, and these versions by each. */
  const signing = (versions: Readonly<Record<string, SigningKey>>, listed: readonly SigningKey[] = [OURS]): DepotScene => {
    const scene = new DepotScene()
    scene.registry.listKeys(...listed)
    scene.registry.publishSigned(versions)
    return scene
  }

  it('are served without versions that are not what it signed, which is said once, and come anew each time', async () => {
    await using scene = signing({ '1.0.0': OURS })
    assert.equal(await versionsOf(scene), '1.0.0')
    scene.registry.publishSigned({ '1.0.0': OURS, '2.0.0': THEIRS })
    assert.equal(await versionsOf(scene), '1.0.0')
    assert.equal(await versionsOf(scene), '1.0.0')
    assert.equal(scene.registry.asked.at(-1)?.headers?.['if-none-match'], undefined)
    assert.deepEqual(scene.refused.map(({ what }) => what), ['tool'])
    assert.deepEqual(scene.records.servedSince(0).map(({ version, from }) => [version, from]), [['2.0.0', 'nowhere']])
    await assert.rejects(scene.read('2.0.0'), (error) => isGgenError(error, 'integrity'))
  })

  it('have old versions whose signature nobody has looked at, and then nobody gets an archive that it did not sign', async () => {
    const liar: SigningKey = { ...THEIRS, keyid: OURS.keyid }
    const recent = Array.from({ length: NPM_LIMITS.provenAtOnce }, (_, minor): [string, SigningKey] => [`2.${minor}.0`, OURS])
    await using scene = signing({ '1.0.0': liar, '1.1.0': OURS, ...Object.fromEntries(recent) })
    assert.match(await versionsOf(scene), /^1\.0\.0 1\.1\.0 2\.0\.0 /)
    assert.deepEqual(scene.refused, [])
    await assert.rejects(scene.read('1.0.0'), isDowngrade)
    assert.deepEqual(scene.refused.map(({ what }) => what), ['tool'])
    assert.equal(scene.registry.asksFor('tool/-/tool-1.0.0.tgz'), 0)
    assert.deepEqual(await scene.read('1.1.0'), { bytes: 'bytes of 1.1.0', from: 'upstream' })
  })

  it('are refused where a version from before is not what it signed, or none is', async () => {
    await using scene = signing({ '1.0.0': OURS })
    assert.equal(await versionsOf(scene), '1.0.0')
    for (const lie of [{ '1.0.0': THEIRS }, { '1.0.0': THEIRS, '2.0.0': OURS }, { '2.0.0': THEIRS }]) {
      scene.registry.publishSigned(lie)
      assert.equal(await versionsOf(scene), '1.0.0 stale')
    }
    await using fresh = signing({ '1.0.0': THEIRS })
    await assert.rejects(versionsOf(fresh), isDowngrade)
  })

  it('are looked at with a new key as soon as it is shown beside one from before', async () => {
    await using scene = signing({ '1.0.0': OURS })
    assert.equal(await versionsOf(scene), '1.0.0')
    scene.clock.advance(NPM_LIMITS.keysAgainMs)
    scene.registry.listKeys(THEIRS, OURS)
    scene.registry.publishSigned({ '1.0.0': OURS, '2.0.0': THEIRS })
    assert.equal(await versionsOf(scene), '1.0.0 2.0.0')
  })

  it('are refused with keys of which none is from before', async () => {
    await using scene = signing({ '1.0.0': OURS })
    assert.equal(await versionsOf(scene), '1.0.0')
    scene.clock.advance(NPM_LIMITS.keysAgainMs)
    scene.registry.listKeys(THEIRS)
    scene.registry.publishSigned({ '1.0.0': THEIRS })
    assert.equal(await versionsOf(scene), '1.0.0 stale')
    assert.match(scene.refused[0]?.why ?? '', /none of the keys that it had, but SHA256:/)
  })

  it('are looked at again once the keys are known, and served meanwhile', async () => {
    await using scene = signing({ '1.0.0': OURS, '2.0.0': THEIRS })
    scene.registry.says.set('-/npm/v1/keys', { status: 500 })
    assert.equal(await versionsOf(scene), '1.0.0 2.0.0')
    assert.equal(scene.source.refusal, undefined)
    scene.registry.listKeys(OURS)
    scene.clock.advance(NPM_LIMITS.keysAgainMs)
    assert.equal(await versionsOf(scene), '1.0.0')
  })

  it('that does not sign are taken as they are', async () => {
    await using scene = signing({ '1.0.0': THEIRS })
    scene.registry.says.delete('-/npm/v1/keys')
    assert.equal(await versionsOf(scene), '1.0.0')
    scene.registry.publishSigned({ '1.0.0': THEIRS, '2.0.0': OURS })
    assert.equal(await versionsOf(scene), '1.0.0 2.0.0')
    assert.equal(scene.registry.asksFor('-/npm/v1/keys'), 1)
  })

  it('are not needed for an archive, and what stands in their place is looked at as well', async () => {
    await using scene = signing({ '1.0.0': OURS })
    assert.equal((await scene.read('1.0.0')).bytes, archive('1.0.0').toString())
    scene.registry.publishSigned({ '2.0.0': THEIRS })
    await assert.rejects(scene.read('2.0.0'), (error) => isGgenError(error, 'integrity'))
    assert.equal(scene.refused.length, 1)
  })
})
