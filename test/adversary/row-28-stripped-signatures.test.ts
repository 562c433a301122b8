import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import type { Clock } from '#core'
import { makeSigningKey, parseNpmName, parseNpmVersion, signVersion, toRegistryKey, writeRegistryKeys } from '#npm'
import { systemClock } from '#node/system'
import { seeded } from '#testing'
import { type Door, openDoor } from '../npm/support/door.ts'
import { makePackage, StubUpstream } from '../npm/support/mod.ts'
import { type Lies, LyingMirror, type MirroredDocument, type MirroredVersion } from './lying-mirror.ts'

/** Row 28 of the threat table: a mirror of npm that takes signatures away, or puts others in their place. */
const NAMES = Array.from({ length: 10 }, (_, index) => `tool-${index}`)
const VERSIONS = ['1.0.0', '1.0.1', '1.0.2']
const EVIL = Buffer.from('what nobody published')
const EVIL_INTEGRITY = `sha512-${createHash('sha512').update(EVIL).digest('base64')}`
const thief = makeSigningKey(seeded('thief'))
const thiefsKeys = (keyid = thief.keyid): object =>
  JSON.parse(writeRegistryKeys([{ ...toRegistryKey(thief), keyid }])) as object

/** The thief signs it, under an id of his choice. */
const stolen = (name: string, { version, dist }: MirroredVersion, keyid = thief.keyid): MirroredVersion => {
  const { sig } = signVersion({ name: parseNpmName(name), version: parseNpmVersion(version), integrity: dist.integrity }, thief)
  return { version, dist: { ...dist, signatures: [{ keyid, sig }] } }
}

const unsigned = ({ version, dist: { integrity, tarball } }: MirroredVersion): MirroredVersion => ({ version, dist: { integrity, tarball } })

const change = (document: MirroredDocument, of: (version: MirroredVersion, name: string) => MirroredVersion): MirroredDocument => ({
  ...document, versions: Object.fromEntries(Object.entries(document.versions).map(([version, manifest]) => [version, of(manifest, document.name)])),
})
const newest = (document: MirroredDocument, of: (version: MirroredVersion, name: string) => MirroredVersion): MirroredDocument =>
  change(document, (version, name) => (version.version === VERSIONS.at(-1) ? of(version, name) : version))
const evil = (version: MirroredVersion): MirroredVersion => ({ ...version, dist: { ...version.dist, integrity: EVIL_INTEGRITY } })
const archives = new Map(NAMES.flatMap((name) => [...VERSIONS, '9.9.9'].map((version) => [`/${name}/-/${name}-${version}.tgz`, EVIL] as const)))

/** Lies about what is known. */
const LIES = (idOfRegistry: string): Readonly<Record<string, Lies>> => ({
  'no signatures at all': { document: (document) => change(document, unsigned) },
  'none on what was changed': { document: (document) => newest(document, (version) => unsigned(evil(version))) },
  'one altered': { document: (document) => newest(document, (version) => {
    const [first] = version.dist.signatures ?? []
    return { ...version, dist: { ...version.dist, signatures: [{ keyid: first?.keyid ?? '', sig: `A${first?.sig.slice(1)}` }] } }
  }) },
  'that of other bytes': { document: (document) => newest(document, evil) },
  'another key': { document: (document) => change(document, (version, name) => stolen(name, evil(version))) },
  'another key that it lists alone': {
    document: (document) => change(document, (version, name) => stolen(name, evil(version))), keys: () => thiefsKeys(),
  },
  'another key under the id of the first': {
    document: (document) => change(document, (version, name) => stolen(name, evil(version), idOfRegistry)), keys: () => thiefsKeys(idOfRegistry),
  },
  'another key, and none listed': { document: (document) => change(document, (version, name) => stolen(name, evil(version))), keys: () => undefined },
})

const NEW = '9.9.9'
const added = (document: MirroredDocument, of: (version: MirroredVersion, name: string) => MirroredVersion): MirroredDocument => {
  const like = Object.values(document.versions).at(-1)
  if (like === undefined) return document
  const version = of(evil({ ...like, version: NEW }), document.name)
  return { ...document, 'dist-tags': { latest: NEW }, versions: { ...document.versions, [NEW]: version } }
}

const ask = async (door: Door, path: string): Promise<{ readonly status: number; readonly text: string; readonly warning: string | null }> => {
  const answer = await fetch(`${door.url}${path}`, { headers: { 'cache-control': 'no-cache' } })
  return { status: answer.status, text: await answer.text(), warning: answer.headers.get('warning') }
}

/** Time goes on between two lies, or the keys would not be asked for again. */
const hastyClock = (): { readonly clock: Clock; readonly advance: (ms: number) => void } => {
  let ahead = 0
  const clock: Clock = Object.create(systemClock, { now: { value: () => systemClock.now() + ahead } })
  return { clock, advance: (ms) => (ahead += ms) }
}

test('A mirror takes signatures away or puts others in their place: nothing of it is served, and what is known from before is', async (context) => {
  await using upstream = await StubUpstream.start({ packages: NAMES.map((name) => makePackage({ name, versionCount: VERSIONS.length })) })
  await using mirror = await LyingMirror.start(upstream.url)
  const { clock, advance } = hastyClock()
  const door = await openDoor(context, mirror, { clock })
  const honest = new Map<string, string>()
  for (const name of NAMES) {
    const { status, text } = await ask(door, name)
    assert.equal(status, 200)
    honest.set(name, text)
  }
  let refused = 0
  const lies = Object.entries(LIES(upstream.shelf.key.id))
  for (const [kind, said] of lies) {
    mirror.lies = { ...said, archives }
    advance(2 * 60_000)
    for (const name of NAMES) {
      const { status, text, warning } = await ask(door, name)
      assert.deepEqual([status, text], [200, honest.get(name)], `${kind}: ${name}`)
      assert.ok(warning, kind)
      const archive = await ask(door, `${name}/-/${name}-${VERSIONS.at(-1)}.tgz`)
      assert.notEqual(archive.status, 200, kind)
      refused += 1
    }
  }
  assert.equal(refused, lies.length * NAMES.length)
  const reports = new Set(door.depot.servedSince(0).filter(({ trouble }) => trouble?.startsWith('downgrade: ')).map(({ name }) => name))
  assert.deepEqual([...reports].toSorted(), NAMES)
  assert.ok(door.events.some(({ type }) => type === 'npm-refused'))

  mirror.lies = { document: (document) => added(document, (version, name) => stolen(name, version)), archives }
  for (const name of NAMES) {
    const { text } = await ask(door, name)
    const { versions, 'dist-tags': tags } = JSON.parse(text) as MirroredDocument
    assert.deepEqual([Object.keys(versions), tags['latest']], [VERSIONS, VERSIONS.at(-1)])
    assert.notEqual((await ask(door, `${name}/-/${name}-${NEW}.tgz`)).status, 200)
    assert.equal((await ask(door, `${name}/${NEW}`)).status, 404)
  }

  mirror.lies = {}
  for (const name of NAMES) assert.deepEqual(await ask(door, name), { status: 200, text: honest.get(name), warning: null })
  const figure = `${lies.length} kinds of lies: ${refused} of ${refused} documents refused and the one from before served`
  context.diagnostic(`${figure}, ${NAMES.length} of ${NAMES.length} forged new versions left out`)
})
