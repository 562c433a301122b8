import assert from 'node:assert/strict'
import { mkdtempDisposableSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { digestOf, type FeedOp, type IdentityId, parsePackageName, parseVersion } from '#core'
import { KeptEntries } from './kept-entries.ts'
import { openCatalogue } from './open-catalogue.ts'
import { SearchReader } from './search-reader.ts'

const IDENTITY = 'i' as IdentityId
const NAME = parsePackageName('tool')

test('what is kept is matched as the catalogue has it now', () => {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'ggen-kept-'))
  const path = join(folder.path, 'catalogue.db')
  using catalogue = openCatalogue(path)
  using reader = new SearchReader(path)
  const kept = new KeptEntries(reader)
  const matches = (word: string): number => kept.matches({ words: [word], open: 'last', order: 'relevance', limit: 1, now: 1 }).length
  const put = (title: string): void => catalogue.putEntry({
    identity: IDENTITY, name: NAME, version: parseVersion('1.0.0'), digest: digestOf(Buffer.of()), title, description: '', tags: [], category: '',
    license: '', author: '', kind: 'tgz', scripts: false, deprecated: false, at: 1, known: 1, op: 'o' as FeedOp['id'],
  })
  put('first')
  assert.equal(matches('first'), 0)
  kept.replace({ kept: [{ identity: IDENTITY, name: NAME, reason: 'own' }, { identity: IDENTITY, name: parsePackageName('absent'), reason: 'pin' }] })
  assert.deepEqual([matches('first'), matches('tool'), matches('second')], [1, 1, 0])
  put('second')
  assert.deepEqual([matches('first'), matches('second')], [0, 1])
})
