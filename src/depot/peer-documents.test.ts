import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { gunzipSync } from 'node:zlib'
import { packArchive } from '#archive'
import { isGgenError, NPM_LIMITS, type PeerId } from '#core'
import { makeSigningKey, parseNpmVersion, type SigningKey, signVersion } from '#npm'
import { seeded } from '#testing'
import { decodeNpmAnswer, encodeNpmAnswer, encodeNpmQuestion, type HeldDocument } from '#wire'
import { Allowance } from './allowance.ts'
import { answerTeam, type AnswerTeamParts } from './answer-team.ts'
import { CannedRegistry, DepotScene, going, integrityOfBytes, OPEN_POLICY, TOOL } from './depot-scene.conformance.ts'
import type { DocumentWish } from './documents.ts'
import { PeerDocuments } from './peer-documents.ts'

const [OURS, THEIRS] = [makeSigningKey(seeded('ours')), makeSigningKey(seeded('theirs'))]
const SOURCE = 'https://registry.example/'
const AT = Date.UTC(2026, 0, 1)
const wish: DocumentWish = { isAbbreviated: false, tarballsAt: { base: 'http://127.0.0.1:4003/npm/' }, wantsNews: false, acceptsBrotli: false }

const archiveOf = async (version: string): Promise<Buffer> => {
  const text = JSON.stringify({ name: 'tool', version, dependencies: { [`of-${version}`]: '1' }, bin: 'cli.js' })
  const content = async function* (): AsyncGenerator<Uint8Array> {
    yield await Promise.resolve(Buffer.from(text))
  }
  const files = [{ path: 'package.json', executable: false, sizeBytes: text.length, content }]
  return Buffer.concat(await Array.fromAsync(packArchive(files)))
}

/** Publishes `tool` with archives that say what they need; the document says something else. */
const publish = async (registry: CannedRegistry, versions: Readonly<Record<string, SigningKey>>): Promise<void> => {
  const manifests: Record<string, object> = {}
  for (const [version, key] of Object.entries(versions)) {
    const bytes = await archiveOf(version)
    const integrity = integrityOfBytes(bytes)
    const signatures = [signVersion({ name: TOOL, version: parseNpmVersion(version), integrity }, key)]
    const dist = { tarball: `${SOURCE}tool/-/tool-${version}.tgz`, integrity, signatures }
    manifests[version] = { name: 'tool', version, dependencies: { 'what-it-says': '1' }, dist }
    registry.says.set(`tool/-/tool-${version}.tgz`, { chunks: [bytes] })
  }
  const time = Object.fromEntries(Object.keys(versions).map((version) => [version, new Date(AT).toISOString()]))
  const document = { name: 'tool', 'dist-tags': { latest: Object.keys(versions).at(-1) }, versions: manifests, time }
  registry.says.set('tool', { chunks: [Buffer.from(JSON.stringify(document))] })
}

interface Made {
  readonly 'dist-tags': Readonly<Record<string, string>>
  readonly versions: Readonly<Record<string, { readonly dependencies: object; readonly dist: { readonly tarball: string } }>>
  readonly time: Readonly<Record<string, string>>
}

const read = async (scene: DepotScene): Promise<{ readonly document: Made; readonly stale: string | undefined }> => {
  const { bytes, stale } = await scene.inTime(scene.depot.document(TOOL, wish, going))
  return { document: JSON.parse(gunzipSync(bytes).toString()) as Made, stale }
}

interface Two extends AsyncDisposable {
  readonly a: DepotScene
  readonly b: DepotScene
}

/** A has installed some versions; B knows the keys of the registry, or not, and nothing else. */
const twoOf = async (installed: readonly string[], { bKnowsKeys = true, believesTeam = false } = {}): Promise<Two> => {
  const a = new DepotScene()
  a.registry.listKeys(OURS)
  await publish(a.registry, { '1.0.0': OURS, '1.1.0': OURS, '2.0.0': OURS })
  await a.depot.document(TOOL, wish, going)
  for (const version of installed) await a.read(version)
  const b = new DepotScene(new CannedRegistry(), 'peer-b', { ...OPEN_POLICY, believesTeam })
  if (bKnowsKeys) {
    b.registry.listKeys(OURS)
    await assert.rejects(b.depot.document(TOOL, wish, going), (error) => isGgenError(error, 'package-not-found'))
  }
  b.registry.isDown = true
  b.others.push(a)
  return { a, b, [Symbol.asyncDispose]: async () => {
    await a[Symbol.asyncDispose]()
    await b[Symbol.asyncDispose]()
  } }
}

describe('PeerDocuments', () => {
  it('are made from the archives that peers hold, which alone say what a version needs', async () => {
    await using two = await twoOf(['1.0.0', '1.1.0'])
    const { document, stale } = await read(two.b)
    assert.deepEqual(Object.keys(document.versions), ['1.0.0', '1.1.0'])
    assert.deepEqual(document['dist-tags'], { latest: '1.1.0' })
    assert.deepEqual(document.versions['1.1.0']?.dependencies, { 'of-1.1.0': '1' })
    assert.equal(document.versions['1.1.0']?.dist.tarball, 'http://127.0.0.1:4003/npm/tool/-/tool-1.1.0.tgz')
    assert.ok(Math.abs(Date.parse(document.time['1.0.0'] ?? '') - two.b.clock.now()) < 60_000, 'nobody is believed when it came out')
    assert.match(stale ?? '', /^made 0 s ago from 2 archives of 1 peers: .*cannot be reached/)
    assert.equal((await two.b.inTime(two.b.depot.tarball({ name: TOOL, version: '1.1.0' }, going))).brought().from, 'disk')
    assert.equal(two.b.records.document({ source: SOURCE, name: TOOL, kind: 'full' }), undefined)
  })

  it('are gone as soon as the registry answers', async () => {
    await using two = await twoOf(['1.0.0'])
    assert.deepEqual(Object.keys((await read(two.b)).document.versions), ['1.0.0'])
    two.b.registry.isDown = false
    await publish(two.b.registry, { '1.0.0': OURS, '3.0.0': OURS })
    two.b.source.failed(two.b.source.refusal ?? assert.fail())
    two.b.clock.advance(10 * 60_000)
    for (let turn = 0; two.b.source.refusal !== undefined && turn < 1000; turn += 1) await two.b.inTime(new Promise((resolve) => setImmediate(resolve)))
    const { document, stale } = await read(two.b)
    assert.deepEqual([Object.keys(document.versions), stale], [['1.0.0', '3.0.0'], undefined])
  })

  it('need keys that this node has of the registry, or peers that it is told to believe, who then say when versions came out, too', async () => {
    await using alone = await twoOf(['1.0.0'], { bKnowsKeys: false })
    await assert.rejects(read(alone.b), (error) => isGgenError(error, 'registry-unreachable'))
    await using believing = await twoOf(['1.0.0'], { bKnowsKeys: false, believesTeam: true })
    const { document } = await read(believing.b)
    assert.deepEqual(document.time['1.0.0'], new Date(AT).toISOString())
  })

  it('are nothing that a peer made up: neither versions that nobody signed, nor other bytes, nor too many of them', async () => {
    await using two = await twoOf(['1.0.0'])
    const question = encodeNpmQuestion({ tarballs: [], documents: [{ source: SOURCE, name: 'tool' }], enclose: 0 })
    const asked = { tarballs: 0, documents: 1, enclose: 0 }
    const [honest] = decodeNpmAnswer(await two.a.depot.answer(question, 'peer-b' as PeerId, going), asked).documents
    const [one] = honest?.versions ?? []
    assert.ok(one)
    const evil = integrityOfBytes(Buffer.from('evil'))
    const forged = { version: '9.9.9', integrity: evil, signatures: [signVersion({ name: TOOL, version: parseNpmVersion('9.9.9'), integrity: evil }, THEIRS)] }
    const lies: readonly HeldDocument['versions'][] = [
      [forged], [{ ...one, version: '9.9.9' }], [{ ...one, integrity: evil }], [{ ...one, signatures: [] }], [{ ...one, version: 'no version' }],
    ]
    for (const versions of lies) {
      two.a.depot.answer = async () => encodeNpmAnswer({ tarballs: [], enclosed: new Map(), documents: [{ versions }] })
      await assert.rejects(read(two.b), (error) => isGgenError(error, 'registry-unreachable'), JSON.stringify(versions).slice(0, 60))
    }
  })

  it('are told of only with archives that are here, and to nobody what came with credentials', async () => {
    await using none = await twoOf([])
    await assert.rejects(read(none.b), (error) => isGgenError(error, 'registry-unreachable'))
    await using two = await twoOf(['1.0.0'])
    const { records, blobs } = two.a
    const secret: AnswerTeamParts['records'] = {
      tarball: (sha512) => records.tarball(sha512), form: (...asked) => records.form(...asked), keys: (source) => records.keys(source),
      document: (key) => {
        const head = records.document(key)
        return head && { ...head, isPrivate: true }
      },
    }
    const question = encodeNpmQuestion({ tarballs: [], documents: [{ source: SOURCE, name: 'tool' }], enclose: 0 })
    const toldTo = async (sharesPrivate: boolean): Promise<number | undefined> => {
      const nothing = { withholds: () => false, doing: () => undefined, keeping: { answer: () => assert.fail('nobody asks that') } }
      const parts = { self: two.a.self, allowance: new Allowance(1000), records: secret, blobs, ...nothing }
      const answer = await answerTeam({ ...parts, sharesPrivate: () => sharesPrivate }, { question, from: 'peer-b' as PeerId, now: 0 }, going)
      return decodeNpmAnswer(answer, { tarballs: 0, documents: 1, enclose: 0 }).documents[0]?.versions.length
    }
    assert.deepEqual([await toldTo(false), await toldTo(true)], [undefined, 1])
    assert.equal(typeof PeerDocuments, 'function')
    assert.ok(NPM_LIMITS.fromPeersByMs < 30_000)
  })
})
