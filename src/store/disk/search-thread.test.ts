import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtempDisposableSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import type { Worker } from 'node:worker_threads'
import { digestOf, type FeedOp, type IdentityId, LIMITS, parsePackageName, parseVersion } from '#core'
import type { CatalogueEntry, PackageQuery } from '#store'
import { openCatalogue } from './open-catalogue.ts'
import { openPackageSearch } from './open-package-search.ts'
import { SearchThread } from './search-thread.ts'

const never = new AbortController().signal
const query: PackageQuery = { words: ['tool'], order: 'relevance', limit: 10, now: 1 }
const NONE = { kept: [] }

const entry: CatalogueEntry = {
  identity: 'i' as IdentityId, name: parsePackageName('tool'), version: parseVersion('1.0.0'), digest: digestOf(Buffer.of()), title: '', description: '',
  tags: [], category: '', license: '', author: '', kind: 'tgz', scripts: false, deprecated: false, at: 1, known: 1, op: 'o' as FeedOp['id'],
}

const filledPath = (context: TestContext): string => {
  const folder = mkdtempDisposableSync(join(tmpdir(), 'ggen-thread-'))
  context.after(() => folder.remove())
  const path = join(folder.path, 'catalogue.db')
  const catalogue = openCatalogue(path)
  context.after(() => catalogue[Symbol.dispose]())
  catalogue.putEntry(entry)
  return path
}

test('a thread that dies fails what it was asked, and the next question starts another', async (context) => {
  await using thread = new SearchThread(filledPath(context), () => assert.fail('nothing is damaged'))
  const started: Promise<Worker[]> = once(process, 'worker') as never
  const asking = thread.search(query, NONE, never)
  const failing = assert.rejects(asking, { code: 'store-broken' })
  const [worker] = await started
  await worker?.terminate()
  await failing
  assert.equal((await thread.search(query, NONE, never)).total, 1)
})

test('no more questions wait than there is room for, and those that are aborted make room', async (context) => {
  await using search = openPackageSearch(filledPath(context))
  const stop = new AbortController()
  const waiting = Array.from({ length: LIMITS.waitingSearches }, () => search.search(query, NONE, stop.signal))
  await assert.rejects(search.search(query, NONE, never), { code: 'too-busy' })
  stop.abort(new RangeError('enough'))
  assert((await Promise.allSettled(waiting)).every((outcome) => outcome.status === 'rejected' && outcome.reason instanceof RangeError))
  assert.equal((await search.search(query, NONE, never)).total, 1)
})

test('disposing ends what is under way', async (context) => {
  const search = openPackageSearch(filledPath(context))
  const failing = assert.rejects(search.search(query, NONE, never), { code: 'cancelled' })
  await search[Symbol.asyncDispose]()
  await failing
})

test('a file that is not there is an error with a code', async (context) => {
  await using search = openPackageSearch(`${filledPath(context)}.other`)
  await assert.rejects(search.search(query, NONE, never), { code: 'store-broken' })
})
