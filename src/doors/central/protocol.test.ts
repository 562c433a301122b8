import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { CATALOGUES, noRealPackages, realCatalogue } from '#testing'
import { catalog, ROUTES } from './protocol.ts'

test('the page of the protocol names every route', async () => {
  const page = await readFile(join(import.meta.dirname, '..', '..', '..', 'docs', 'protocol', 'central.md'), 'utf8')
  for (const { path } of Object.values(ROUTES)) {
    const shown = path.replace(':name', 'NAME').replace(':id', 'ID').replace(':digest', 'sha256:HEX')
    assert.ok(page.includes(shown), shown)
  }
})

test('the real catalogs have exactly the fields of ours', { skip: noRealPackages }, async () => {
  for (const moment of CATALOGUES) {
    const snapshot = JSON.parse(await readFile(realCatalogue(moment), 'utf8')) as { packs: Record<string, unknown>[] }
    const packs = snapshot.packs.map((given) => Object.fromEntries(Object.entries(given).filter(([field]) => field !== '_description_edited')))
    assert.equal(catalog.parse({ ...snapshot, packs }).packs.length, packs.length)
  }
})
