import assert from 'node:assert/strict'
import { mkdtempDisposableSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { before, suite, test } from 'node:test'
import fc from 'fast-check'
import { digestOf, type FeedOp, type IdentityId, LIMITS, parsePackageName, parseVersion } from '#core'
import {
  answerQuery, type Catalogue, type CatalogueEntry, type FoundPackages, memoryCatalogue, memoryPackageSearch, type PackageQuery, type SearchSignals,
} from '#store'
import { IndexSource } from './index-source.ts'
import { KeptEntries } from './kept-entries.ts'
import { openCatalogue } from './open-catalogue.ts'
import { SearchReader } from './search-reader.ts'
import { Vocabulary } from './vocabulary.ts'

const MANY = LIMITS.searchCandidates + 200
const NONE: SearchSignals = { kept: [] }
const IDENTITY = 'i' as IdentityId

const entry = (name: string, change: Partial<CatalogueEntry> = {}): CatalogueEntry => ({
  identity: IDENTITY, name: parsePackageName(name), version: parseVersion('1.0.0'), digest: digestOf(Buffer.of()), title: '', description: 'common words',
  tags: [], category: 'all', license: '', author: '', kind: 'tgz', scripts: false, deprecated: false, at: 1, known: 1, op: 'o' as FeedOp['id'], ...change,
})

suite('an index with more matches than anyone looks at', () => {
  const folder = mkdtempDisposableSync(join(tmpdir(), 'ggen-source-'))
  const resources = new DisposableStack()
  let reader: SearchReader

  before(() => {
    resources.defer(() => folder.remove())
    const path = join(folder.path, 'catalogue.db')
    const catalogue = resources.use(openCatalogue(path))
    catalogue.transact(() => {
      for (let index = 0; index < MANY; index += 1) catalogue.putEntry(entry(`n${index}`, { at: index, tags: index % 2 === 0 ? ['even'] : [] }))
      for (const name of ['common', 'common-kit', 'late']) catalogue.putEntry(entry(name, { at: 5 }))
    })
    reader = resources.use(new SearchReader(path))
    return () => resources.dispose()
  })

  const ask = (query: Partial<PackageQuery>, signals = NONE): Promise<FoundPackages> => {
    const [vocabulary, kept] = [new Vocabulary(reader), new KeptEntries(reader)]
    kept.replace(signals)
    return answerQuery(new IndexSource(reader, vocabulary, kept), { words: [], order: 'relevance', limit: 10, now: 1, ...query }, signals)
  }
  const names = ({ found }: FoundPackages): string[] => found.map((hit) => hit.entry.name)

  test('finds names that have the word, however late they came', async () => {
    assert.deepEqual(names(await ask({ words: ['common'] })).slice(0, 2), ['common', 'common-kit'])
    assert.deepEqual(names(await ask({ words: ['common'], category: 'all' })).slice(0, 2), ['common', 'common-kit'])
  })

  test('finds what stays on this node, however late it came', async () => {
    const kept = [{ identity: IDENTITY, name: parsePackageName('late'), reason: 'pin' as const }]
    assert(!names(await ask({ words: ['words'] })).includes('late'))
    assert.equal(names(await ask({ words: ['words'] }, { kept }))[0], 'late')
    assert.equal(names(await ask({ category: 'all' }, { kept }))[0], 'late')
  })

  test('finds the newest, with words, with filters, and since a date', async () => {
    assert.equal(names(await ask({ words: ['common'], order: 'date' }))[0], `n${MANY - 1}`)
    assert.equal(names(await ask({ category: 'all', order: 'date' }))[0], `n${MANY - 1}`)
    assert.equal((await ask({ words: ['words'], since: MANY - 3 })).total, 3)
    assert.equal((await ask({ tags: ['even'], since: MANY - 3 })).total, 1)
    assert.equal((await ask({ since: MANY - 3 })).total, 3)
  })

  test('never looks at more than the limit', async () => {
    assert((await ask({ words: ['words'] })).total <= LIMITS.searchCandidates)
    assert.equal((await ask({ category: 'all' })).total, LIMITS.searchCandidates)
  })
})

/** So few words and values that most questions have dozens of answers. */
const someText = fc.array(fc.constantFrom('a', 'ab', 'abc', 'b', 'ba', 'c'), { maxLength: 3 }).map((words) => words.join(' '))
const someEntries = fc.array(fc.record({
  name: fc.array(fc.constantFrom('a', 'ab', 'abc', 'b', 'c'), { minLength: 1, maxLength: 3 }).map((parts) => parts.join('-')),
  description: someText, tags: fc.array(fc.constantFrom('a', 'ab', 'b c', 'c'), { maxLength: 2 }), category: fc.constantFrom('a', 'x'),
  deprecated: fc.boolean(), at: fc.nat(9), known: fc.nat(9),
}), { minLength: 60, maxLength: 200 })
const someQuery = fc.record({
  words: fc.uniqueArray(fc.constantFrom('a', 'ab', 'b', 'ba', 'c', 'abc', 'd'), { maxLength: 3 }), category: fc.constantFrom('a', 'x'),
  tags: fc.uniqueArray(fc.constantFrom('a', 'b c'), { maxLength: 1 }), since: fc.nat(9), order: fc.constantFrom('relevance', 'name', 'date'),
  limit: fc.constantFrom(5, 200),
}, { requiredKeys: ['words', 'order', 'limit'] })

test('an index and the twin in memory give the same answers', async () => {
  await fc.assert(fc.asyncProperty(someEntries, fc.array(someQuery, { minLength: 1, maxLength: 8 }), async (entries, queries) => {
    using folder = mkdtempDisposableSync(join(tmpdir(), 'ggen-twins-'))
    const path = join(folder.path, 'catalogue.db')
    using disk = openCatalogue(path)
    using memory = memoryCatalogue()
    const fill = (catalogue: Catalogue): void =>
      catalogue.transact(() => entries.forEach(({ name, ...change }, index) => catalogue.putEntry(entry(`${name}-${index % 50}`, change))))
    fill(disk)
    fill(memory)
    using reader = new SearchReader(path)
    await using twin = memoryPackageSearch(memory)
    for (const query of queries.map((asked): PackageQuery => ({ ...asked, now: 100 }))) {
      const source = new IndexSource(reader, new Vocabulary(reader), new KeptEntries(reader))
      assert.deepEqual(await answerQuery(source, query, NONE), await twin.search(query, NONE, new AbortController().signal), JSON.stringify(query))
    }
  }), { numRuns: 60 })
})
