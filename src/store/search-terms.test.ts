import assert from 'node:assert/strict'
import { mkdtempDisposableSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite, test } from 'node:test'
import fc from 'fast-check'
import { LIMITS, parsePackageName } from '#core'
import { openCatalogue } from '#store/disk'
import type { CatalogueEntry, CatalogueQuery } from './catalogue.ts'
import { memoryCatalogue } from './memory-catalogue.ts'
import { sampleEntry } from './sample-ops.conformance.ts'
import { entryFacets, entryWords, queryTerms, tokenize } from './search-terms.ts'

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
const query = fc.record({ words, category: text, tags, limit: fc.integer({ min: 0, max: 10 }) }, { requiredKeys: ['words', 'limit'] })

const ALL: CatalogueQuery = { words: [], limit: 1000 }

/** What an entry itself must match. */
const queryFor = (each: CatalogueEntry): CatalogueQuery =>
  ({ words: entryWords(each).slice(0, LIMITS.queryWords), category: each.category, tags: each.tags, limit: 1000 })

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
      for (const token of tokenize(word)) assert(!entryFacets(any).some((facet) => facet.startsWith(token)))
      assert(entryWords(any).every((token) => !token.includes('§')))
    }))
  })

  test('terms are named once, and words without letters match nothing', () => {
    assert.deepEqual(queryTerms({ words: ['Rust', 'rust-cli'], tags: ['A', 'a'], limit: 1 }), { words: ['rust', 'cli'], facets: ['§t61'] })
    assert.equal(queryTerms({ words: ['*'], limit: 1 }), undefined)
    assert.deepEqual(queryTerms({ words: [], limit: 1 }), { words: [], facets: [] })
    assert.throws(() => queryTerms({ words: Array.from({ length: LIMITS.queryWords + 1 }, (_, index) => `${index}`), limit: 1 }), { code: 'query-invalid' })
  })

  test('the SQLite file and the twin in memory find the same, whatever the entries and the query', () => {
    using folder = mkdtempDisposableSync(join(tmpdir(), 'ggen-search-'))
    using file = openCatalogue(join(folder.path, 'catalogue.db'))
    using twin = memoryCatalogue()
    fc.assert(fc.property(fc.array(entry, { maxLength: 12 }), fc.array(query, { maxLength: 8 }), (entries, queries) => {
      for (const catalogue of [file, twin]) {
        catalogue.transact(() => {
          for (const old of catalogue.match(ALL)) catalogue.removeEntry(old.identity, old.name)
          for (const each of entries) catalogue.putEntry(each)
        })
      }
      for (const each of [ALL, ...queries]) assert.deepEqual(file.match(each), twin.match(each))
      for (const each of file.match(ALL)) assert(file.match(queryFor(each)).some((found) => found.identity === each.identity && found.name === each.name))
    }), { numRuns: 300 })
  })
})
