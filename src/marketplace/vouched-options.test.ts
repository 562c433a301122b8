import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { digestOf, GgenError, parsePackageName, parsePackageSpec, parseVersion, registryIdOf } from '#core'
import { memoryMirror, memorySource, offeredVersions, readIndex } from '#foreign'
import { ForeignRegistry } from '#registry'
import { memoryBlobStore } from '#store'
import { foreignArchive, TestClock } from '#testing'
import { bringVouched, describeVouched } from './bring-vouched.ts'
import { fetchChosen, fetchNewest, newestOf } from './fetch-vouched.ts'
import { PEERS_ALONE } from './registries.ts'
import { lockedOptions, vouchedOptions } from './vouched-options.ts'
import { toVouchedPackage, unsaid } from './vouched-search.ts'
import { type NamedVouched, Vouching } from './vouching.ts'

const HOME = 'https://packs.example/'
const never = new AbortController().signal
const tool = parsePackageName('tool')

/** What an index says of a package, and what is needed to take it. */
const scene = async () => {
  const archives = new Map<string, Uint8Array>()
  for (const version of ['1.0.0', '1.1.0', '2.0.0-rc.1']) archives.set(version, await foreignArchive('tool', version, { needs: { base: '^1' } }))
  const packs = [...archives].map(([version, bytes]) =>
    ({ name: 'tool', version, digest: digestOf(bytes), size_bytes: bytes.length, download_url: `${version}.tgz` }))
  const bytes = Buffer.from(JSON.stringify({ schema: 'https://ggen.dev/marketplace/catalog/v2', packs }))
  const index = readIndex(bytes, new URL('index.json', HOME))
  const source = memorySource(HOME, () => bytes, new Map([...archives.values()].map((archive) => [digestOf(archive), archive])))
  const clock = new TestClock()
  const mirror = memoryMirror()
  const registry = new ForeignRegistry({ source, openMirror: async () => mirror, clock, isPrivate: false, patientMs: 1000, ttlMs: 0 })
  const foreign = index.packages[0] ?? assert.fail()
  const named: NamedVouched = {
    registry, giver: registryIdOf(new URL(HOME)), look: { index, mirror }, foreign, offered: offeredVersions(foreign, [], () => undefined),
  }
  const vouching = new Vouching({ registries: PEERS_ALONE, hasPeers: () => false, isBound: () => false })
  const transfers = { fetch: () => Promise.reject(new GgenError('no-holder', 'nobody')) }
  return { named, parts: { blobs: memoryBlobStore(), clock, transfers, vouching }, archives, mirror }
}

const request = (text: string) => ({ spec: parsePackageSpec(text), keepsLocked: true, acceptAdvisory: false, isOffline: false, wantsNews: false })

suite('What an index vouches for', () => {
  test('may be chosen, newest first and pre-releases last, and says what it wants when it is here', async () => {
    const { named, parts, mirror, archives } = await scene()
    const { releases, whyNone } = vouchedOptions(named, request('tool'), parts)
    assert.deepEqual(releases.map(({ version }) => version), ['1.1.0', '1.0.0', '2.0.0-rc.1'])
    const [newest] = releases
    assert.deepEqual([newest?.isLeaf, await newest?.holds()], [false, false])
    assert.deepEqual(await newest?.wants({ isOffline: false, signal: never }), [{ name: 'base', range: '^1', kind: 'needed' }])
    assert.deepEqual([await newest?.holds(), newest?.told().source, newest?.told().digest], [true, HOME, digestOf(archives.get('1.1.0') ?? assert.fail())])
    assert.notEqual(mirror.ledger.firstOf({ name: tool, version: parseVersion('1.1.0') }), undefined)
    assert.equal(whyNone('^9').code, 'version-not-found')
    assert.throws(() => vouchedOptions(named, request('tool@^9'), parts), { code: 'version-not-found' })
    await assert.rejects(releases[1]?.wants({ isOffline: true, signal: never }) ?? assert.fail(), { code: 'blob-not-found' })
  })

  test('stays what is locked, of whichever index that is', async () => {
    const { named, parts, archives } = await scene()
    const bytes = archives.get('1.0.0') ?? assert.fail()
    const [digest, sha512] = [digestOf(bytes), '0'.repeat(128) as never]
    const locked = { name: tool, version: parseVersion('1.0.0'), source: HOME, digest, sha512, sizeBytes: bytes.length, dependencies: [] }
    assert.deepEqual(vouchedOptions(named, { ...request('tool'), locked }, parts).releases.map(({ version }) => version), ['1.0.0', '1.1.0', '2.0.0-rc.1'])
    const [only, ...none] = lockedOptions(locked, parts).releases
    assert.deepEqual([only?.told().digest, only?.isLeaf, none], [locked.digest, true, []])
    const other = { ...locked, source: 'https://other.example/' }
    assert.deepEqual(vouchedOptions(named, { ...request('tool'), locked: other }, parts).releases.length, 1)
    assert.throws(() => vouchedOptions(named, { ...request('tool'), locked: other, keepsLocked: false }, parts), { code: 'identity-changed' })
    await assert.rejects(fetchChosen({ ...other, version: locked.version }, parts, { isOffline: false, signal: never }), { code: 'no-holder' })
  })

  test('is brought by its digest, and is what its index calls it', async () => {
    const { named, parts } = await scene()
    const manner = { ...parts, isOffline: false, signal: never }
    const fetched = await fetchNewest(named, '^1', manner)
    assert.deepEqual([fetched.version, fetched.source], ['1.1.0', HOME])
    assert.deepEqual(fetched.sources.map(({ peer, carrier }) => [peer, carrier]), [['https://packs.example', 'http']])
    await assert.rejects(fetchNewest(named, '^9', manner), { code: 'version-not-found' })
    assert.deepEqual((await fetchNewest(named, '1.1.0', { ...manner, isOffline: true })).sources, [], 'it is here')
    const version = named.offered.vouched[0] ?? assert.fail()
    const whyNot = new GgenError('no-holder', 'nobody')
    await assert.rejects(bringVouched(parts, { name: tool, version, whyNot }, never), whyNot)
    const other = { name: parsePackageName('other'), version: fetched.version, digest: fetched.digest }
    await assert.rejects(describeVouched(parts.blobs, other, never), { code: 'integrity' })
  })

  test('is shown with what the index says, and says nothing of what it does not', async () => {
    const { named } = await scene()
    const shown = await toVouchedPackage(named, undefined, async () => 2)
    assert.deepEqual([shown.version, shown.source, shown.standing, shown.holders, shown.versions.length], ['1.1.0', HOME, 'live', 2, 3])
    await assert.rejects(toVouchedPackage(named, '^9', async () => 0), { code: 'version-not-found' })
    assert.equal(newestOf(named.foreign.versions, '2.0.0-rc.1')?.version, '2.0.0-rc.1')
    const query = { words: ['tool'], order: 'relevance' as const, limit: 1 }
    assert.deepEqual([unsaid(query), unsaid({ ...query, order: 'date' }), unsaid({ ...query, scripts: true })], [undefined, 'sort', 'scripts'])
  })
})
