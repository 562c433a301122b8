import assert from 'node:assert/strict'
import { mkdtempDisposableSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite, test } from 'node:test'
import fc from 'fast-check'
import { LIMITS, parsePackageName } from '#core'
import { openCatalogue, openPackageSearch } from '#store/disk'
import type { Catalogue, CatalogueEntry } from './catalogue.ts'
import { memoryCatalogue } from './memory-catalogue.ts'
import { memoryPackageSearch } from './memory-package-search.ts'
import type { PackageQuery, PackageSearch } from './package-search.ts'
import { sampleEntry } from './sample-ops.conformance.ts'
import { entryTerms, facetsOf, indexTerms, queryTerms, spellingOf, tokenize } from './search-terms.ts'

/** Texts that meet each other often, among all that Unicode has. */
const text = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.constantFrom(
      'rust', 'Rustic', 'web dev', 'café', 'CAFE', 'ΟΔΟΣ', 'οδός', '漢字', '漢', 'हिन्दी',
      'x-1', '½', '§c', 'ｆｕｌｌ', 'ﬁne', 'İ', '😀 a',
    ),
  },
  { weight: 2, arbitrary: fc.string({ unit: 'grapheme', maxLength: 12 }) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 12 }) },
)
const beginning = text.map((word) => Array.from(word).slice(0, 2).join(''))
const name = fc.constantFrom('rust', 'rust-web', 'io.ggen.rust.cli', '@scope/web', 'web/cafe').map(parsePackageName)
const publisher = fc.constantFrom('alice', 'bob', 'carol')
const entry = fc
  .record({ publisher, name, title: text, description: text, category: text, author: text, tags: fc.array(text, { maxLength: 4 }) })
  .map(sampleEntry)
const words = fc.array(fc.oneof(text, beginning), { maxLength: 3 })
const tags = fc.array(text, { maxLength: 2 })
const order = fc.constantFrom('relevance' as const, 'name' as const, 'date' as const)
const query = fc
  .record({ words, order, limit: fc.integer({ min: 1, max: 10 }), category: text, tags, author: text }, { requiredKeys: ['words', 'order', 'limit'] })
  .map((given): PackageQuery => ({ ...given, words: tokenize(given.words.join(' ')).filter((word, index, all) => all.indexOf(word) === index), now: 1 }))

const never = new AbortController().signal

suite('search terms', () => {
  test('a text becomes lower-case words of letters and digits without diacritics', () => {
    assert.deepEqual(tokenize('Hello, wörld-2 / Ａｂｃ'), ['hello', 'world', '2', 'abc'])
    assert.deepEqual(tokenize('io.ggen.rust_cli'), ['io', 'ggen', 'rust', 'cli'])
    assert.deepEqual(tokenize('ΟΔΟΣ İstanbul Straße'), ['οδοσ', 'istanbul', 'straße'])
    assert.deepEqual(tokenize(' "*" \0 §'), [])
  })

  test('a token of any text is its own only token', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (any) => {
      for (const token of tokenize(any)) assert.deepEqual(tokenize(token), [token])
    }), { numRuns: 2000 })
  })

  test('no word is the beginning of a facet', () => {
    fc.assert(fc.property(entry, text, (any, word) => {
      const terms = entryTerms(any)
      for (const token of tokenize(word)) assert(!terms.facets.some((facet) => facet.startsWith(token)))
      assert([...terms.words].every((token) => !token.includes('§')))
      assert.equal(new Set(indexTerms(terms)).size, indexTerms(terms).length)
    }))
  })

  test('terms are named once', () => {
    assert.deepEqual(queryTerms({ words: ['Rust', 'rust-cli'], tags: ['A', 'a'] }), { words: ['rust', 'cli'], facets: ['§t61'] })
    assert.deepEqual(queryTerms({ words: ['*'] }), { words: [], facets: [] })
    assert.deepEqual(facetsOf({ scripts: false, kind: 'TGZ' }), ['§k74677a', '§s66616c7365'])
    assert.throws(() => queryTerms({ words: Array.from({ length: LIMITS.queryWords + 1 }, (_, index) => `${index}`) }), { code: 'query-invalid' })
  })

  test('a name is spelled without what separates its words', () => {
    assert.equal(spellingOf(tokenize('@scope/Web-tools.io')), 'scopewebtoolsio')
  })

  test('the SQLite file and the twin in memory find the same, whatever the entries and the query', async () => {
    using folder = mkdtempDisposableSync(join(tmpdir(), 'ggen-search-'))
    const path = join(folder.path, 'catalogue.db')
    using file = openCatalogue(path)
    using twin = memoryCatalogue()
    await using fileSearch = openPackageSearch(path)
    await using twinSearch = memoryPackageSearch(twin)
    const ask = (search: PackageSearch, each: PackageQuery): Promise<unknown> => search.search(each, { kept: [] }, never)
    const refill = (catalogue: Catalogue, entries: readonly CatalogueEntry[]): void => catalogue.transact(() => {
      for (const old of catalogue.newestEntries(1000)) catalogue.removeEntry(old.identity, old.name)
      for (const each of entries) catalogue.putEntry(each)
    })
    await fc.assert(fc.asyncProperty(fc.array(entry, { maxLength: 12 }), fc.array(query, { maxLength: 8 }), async (entries, queries) => {
      for (const catalogue of [file, twin]) refill(catalogue, entries)
      for (const each of queries) assert.deepEqual(await ask(fileSearch, each), await ask(twinSearch, each))
    }), { numRuns: 150 })
  })
})
