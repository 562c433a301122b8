import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { gunzipSync } from 'node:zlib'
import { type PackFile, packArchive } from '#archive'
import { type Digest, Events, type GgenEvent, GgenError, parseVersion, type ReleaseOp } from '#core'
import { makeForm, parseDenyRule, makeSigningKey, parseNpmName, parseNpmVersion, toRegistryKey, verifyVersion } from '#npm'
import { memoryBlobStore } from '#store'
import { Publisher, seeded, TestClock } from '#testing'
import type { Market, MarketRelease } from './market.ts'
import { MarketDocuments, networkName } from './market-documents.ts'
import { openOffered } from './open-offered.ts'

const never = new AbortController().signal
const name = parseNpmName('@acme/thing')
const BASE = 'http://127.0.0.1:1/npm/'

const file = ([path, text]: readonly [string, string]): PackFile => ({
  path, executable: false, sizeBytes: Buffer.byteLength(text),
  content: async function* () {
    yield await Promise.resolve(Buffer.from(text))
  },
})

const packed = async (files: Readonly<Record<string, string>>): Promise<Buffer> =>
  Buffer.concat(await Array.fromAsync(packArchive(Object.entries(files).map(file))))

/** A market of releases whose archives come when they are asked for. */
const openMarket = () => {
  const clock = new TestClock()
  const blobs = memoryBlobStore()
  const events = new Events()
  const told: GgenEvent[] = []
  events.subscribe((event) => told.push(event))
  const publisher = new Publisher('ada')
  const archives = new Map<Digest, Buffer>()
  const releases: MarketRelease[] = []
  const tags = new Map<string, ReturnType<typeof parseVersion>>()
  const brought: string[] = []
  const bring = async ({ body: { version, artifact: { digest } } }: ReleaseOp): Promise<void> => {
    brought.push(version)
    const bytes = archives.get(digest)
    if (bytes === undefined) throw new GgenError('no-holder', 'nobody has it')
    await using writer = await blobs.create()
    await writer.append(bytes)
    await writer.seal(digest)
  }
  const market: Market = {
    of: async () => ({ identity: publisher.identity, releases: releases.toReversed(), tags }),
    bring,
    take: async (_name, version) => {
      const found = releases.find(({ release }) => release.body.version === version)?.release
      if (found === undefined) throw new GgenError('version-not-found', 'there is no such version')
      await bring(found)
      return { ...found.body.artifact, sources: [] }
    },
    search: async () => [],
  }
  const publish = async (version: string, files: Readonly<Record<string, string>>, more: Partial<MarketRelease> = {}): Promise<void> => {
    const archive = await packed(files)
    const release = publisher.release('@acme/thing', version, { content: archive })
    archives.set(release.body.artifact.digest, archive)
    releases.push({ release, since: Date.UTC(2026, 0, releases.length + 1), ...more })
  }
  const signingKey = makeSigningKey(seeded('door'))
  const policy = { acceptedKeys: new Set<string>(), denied: [parseDenyRule('@acme/thing@9')], minAgeMs: 7, believesTeam: false }
  const documents = new MarketDocuments({ market, blobs, clock, events, signingKey, policy, makeForm: async (job) => makeForm(job) })
  const read = async (isAbbreviated = false) => {
    const { bytes, etag } = await documents.get(name, { isAbbreviated, tarballsAt: { base: BASE } }, never)
    return { etag, document: JSON.parse(gunzipSync(bytes).toString()) }
  }
  return { market, blobs, publish, read, tags, brought, archives, releases, signingKey, told }
}

const manifest = (version: string, more: object = {}) => ({ 'package.json': JSON.stringify({ name, version, ...more }) })

describe('documents of what is published to the network', () => {
  it('are made from the archives but those that are denied here, dated by what others could see, and signed by this node', async () => {
    const { publish, read, tags, signingKey, brought } = openMarket()
    await publish('1.0.0', manifest('1.0.0', { dependencies: { a: '^1' } }), { deprecated: 'old' })
    await publish('2.0.0', manifest('2.0.0', { bin: 'cli.js' }))
    await publish('9.0.0', manifest('9.0.0'))
    const { document, etag } = await read()
    const { '1.0.0': first, '2.0.0': second } = document.versions
    assert.deepEqual([first.dependencies, first.deprecated, second.bin], [{ a: '^1' }, 'old', { thing: 'cli.js' }])
    assert.equal(second.dist.tarball, `${BASE}@acme/thing/-/thing-2.0.0.tgz`)
    assert.deepEqual([document['dist-tags'], document.time['1.0.0']], [{ latest: '2.0.0' }, '2026-01-01T00:00:00.000Z'])
    const { integrity, signatures, shasum } = second.dist
    assert.match(shasum, /^[0-9a-f]{40}$/)
    assert.equal(verifyVersion({ name, version: parseNpmVersion('2.0.0'), integrity, signatures }, [toRegistryKey(signingKey)]), 'verified')
    assert.deepEqual([(await read()).etag, brought.length], [etag, 3], 'it is made once')
    tags.set('latest', parseVersion('1.0.0'))
    const retagged = await read()
    assert.deepEqual([retagged.document['dist-tags'].latest, brought.length], ['1.0.0', 3], 'what is known of archives stays known')
    assert.notEqual(retagged.document._rev, document._rev)
    assert.deepEqual(Object.keys((await read(true)).document), ['name', 'dist-tags', 'modified', 'versions'])
  })

  it('leave out what nobody has just now, until somebody does; and what is no package of npm', async () => {
    const { publish, read, archives, releases, told } = openMarket()
    await publish('1.0.0', manifest('1.0.0'))
    await publish('2.0.0', manifest('2.0.0'))
    await publish('3.0.0', { 'pack.toml': '[pack]' })
    const missing = releases[1]?.release.body.artifact.digest ?? assert.fail()
    const bytes = archives.get(missing) ?? assert.fail()
    archives.delete(missing)
    assert.deepEqual(Object.keys((await read()).document.versions), ['1.0.0'])
    assert.equal(told.filter(({ type }) => type === 'task-failed').length, 1)
    archives.set(missing, bytes)
    assert.deepEqual(Object.keys((await read()).document.versions), ['1.0.0', '2.0.0'])
    archives.clear()
    const { read: readNothing, publish: publishNothing, archives: none } = openMarket()
    await publishNothing('1.0.0', manifest('1.0.0'))
    none.clear()
    await assert.rejects(readNothing(), { code: 'no-holder' })
  })

  it('are of names that the network can have', () => {
    assert.throws(() => networkName(parseNpmName('Has_Capitals')), { code: 'package-not-found' })
  })
})

describe('an archive of the network', () => {
  it('is opened when it is here and right', async () => {
    const { publish, market, blobs, archives, releases } = openMarket()
    await publish('1.0.0', manifest('1.0.0'))
    const [bytes] = [...archives.values()]
    const opened = await openOffered({ market, blobs }, { name, version: '1.0.0' }, never)
    assert.deepEqual([opened.brought().from, opened.sizeBytes, opened.sha512], ['disk', bytes?.length, releases[0]?.release.body.artifact.sha512])
    assert.deepEqual(Buffer.concat(await Array.fromAsync(opened.read(never))), bytes)
    for (const version of ['2.0.0', 'x']) await assert.rejects(openOffered({ market, blobs }, { name, version }, never), { code: 'version-not-found' })
  })
})
