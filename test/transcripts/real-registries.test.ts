import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { noRealPackages } from '#testing'
import { playPage } from './play-page.ts'

const PAGE = join(import.meta.dirname, '..', '..', 'docs', 'reference', 'foreign.md')

test('docs/reference/foreign.md shows exactly what becomes of the real marketplace and of real locks', { skip: noRealPackages }, async () => {
  const page = await readFile(PAGE, 'utf8')
  assert.equal(await playPage(page), page, 'node --conditions=ggen-source test/transcripts/write-pages.ts docs/reference/foreign.md writes it')
})
