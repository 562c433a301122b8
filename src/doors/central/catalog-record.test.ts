import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'
import { describePack } from '#archive'
import { digestOf, parsePackageName, parseVersion } from '#core'
import type { ListedRelease } from '#marketplace'
import { CATALOGUES, noRealPackages, realArchives, realCatalogue } from '#testing'
import { catalogRecord, wholeCatalog } from './catalog-record.ts'
import { once } from './central-scene.conformance.ts'
import { catalog, type CatalogRecord } from './protocol.ts'

const FACTS = {
  description: 'd', profile: 'semantic', manifestSha256: '0'.repeat(64), ontologyFiles: 0, ontologySha256: '1'.repeat(64), templates: 0,
    nativeGates: 0, verifierGates: 0,
} as const

const listed = (name: string, digest = digestOf(Buffer.from(name))): ListedRelease =>
  ({ name: parsePackageName(name), version: parseVersion('1.0.0'), identity: 'x' as never, digest, sizeBytes: 3, publishedAt: 0 })

test('a record is what ggen\'s own marketplace would write, its keys sorted', () => {
  const record = catalogRecord(listed('tool'), FACTS, 'https://registry.example')
  assert.deepEqual(Object.keys(record), Object.keys(record).toSorted())
  assert.deepEqual([record.path, record.download_url], ['packs/tool', `https://registry.example/v1/blobs/${record.digest}`])
})

test('a catalog is sorted by name and named by the day of its newest release', () => {
  const records = ['b', 'a-b', 'a'].map((name) => catalogRecord(listed(name), FACTS, 'https://registry.example'))
  const whole = catalog.parse(wholeCatalog(records, Date.UTC(2026, 7, 9, 23, 59) / 1000))
  assert.deepEqual([whole.marketplace_version, whole.packs.map(({ name }) => name)], ['v26.8.9', ['a', 'a-b', 'b']])
  assert.deepEqual(wholeCatalog([], 0).packs, [])
})

/** What may differ: where an archive is had from, and words that the data folder has edited. */
const comparable = (given: CatalogRecord, isEdited: boolean) => {
  const { download_url: _, description, ...record } = given
  return { ...record, ...(!isEdited && { description }) }
}

test('the three real catalogs come out as they are', { skip: noRealPackages }, async () => {
  const made = new Map<string, CatalogRecord>()
  for (const path of await realArchives()) {
    const bytes = await readFile(path)
    const facts = await describePack(once(bytes))
    made.set(digestOf(bytes), catalogRecord({ ...listed('x', digestOf(bytes)), sizeBytes: bytes.length }, facts, 'https://registry.example'))
  }
  for (const moment of CATALOGUES) {
    const { packs } = JSON.parse(await readFile(realCatalogue(moment), 'utf8')) as { packs: (CatalogRecord & { _description_edited?: true })[] }
    const ours = packs.filter(({ digest }) => made.has(digest))
    assert.ok(ours.length > packs.length / 2, moment)
    for (const { _description_edited: edited, ...theirs } of ours) {
      const { name, version } = theirs
      const mine = { ...(made.get(theirs.digest) ?? assert.fail()), name, version, path: `packs/${name}` }
      assert.deepEqual(comparable(mine, edited === true), comparable(theirs, edited === true))
    }
  }
})
