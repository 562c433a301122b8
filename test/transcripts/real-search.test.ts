import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { noRealPackages } from '#testing'
import { playPage } from './play-page.ts'

const PAGE = join(import.meta.dirname, '..', '..', 'docs', 'reference', 'search.md')

test('docs/reference/search.md shows exactly what searches of the real packages find', { skip: noRealPackages }, async () => {
  const page = await readFile(PAGE, 'utf8')
  const played = await playPage(page)
  assert.doesNotMatch(played, /\/(?:Users|home|root|tmp|work)\b/, 'it says nothing of anybody\'s machine')
  assert.equal(played, page, 'node --conditions=ggen-source test/transcripts/write-pages.ts docs/reference/search.md writes it; a cursor is typed by hand')
})
