import assert from 'node:assert/strict'
import { mkdtempDisposableSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { digestOf, type FeedOp, type IdentityId, parsePackageName, parseVersion } from '#core'
import { openCatalogue } from './open-catalogue.ts'
import { SearchReader } from './search-reader.ts'
import { Vocabulary } from './vocabulary.ts'

test('words of names are learned when they are asked for, those that came later too, and words of texts are not', async () => {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'ggen-words-'))
  const path = join(folder.path, 'catalogue.db')
  using catalogue = openCatalogue(path)
  const put = (name: string): void => catalogue.putEntry({
    identity: 'i' as IdentityId, name: parsePackageName(name), version: parseVersion('1.0.0'), digest: digestOf(Buffer.of()), title: '',
    description: 'dictionary', tags: [], category: '', license: '', author: '', kind: 'tgz', scripts: false, deprecated: false, at: 1, known: 1,
    op: 'o' as FeedOp['id'],
  })
  put('request')
  using reader = new SearchReader(path)
  const vocabulary = new Vocabulary(reader)
  assert.equal((await vocabulary.spelling()).correct('reqest'), 'request')
  assert.equal((await vocabulary.spelling()).correct('dictionery'), undefined)
  put('dictionary')
  assert.equal((await vocabulary.spelling()).correct('dictionery'), 'dictionary')
  vocabulary.refresh()
  assert.equal(vocabulary.expand('', 'dict'), undefined, 'few entries: the index merges all words itself')
})
