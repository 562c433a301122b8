import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { isGgenError, LIMITS, parsePackageName } from '#core'
import type { Catalogue, CatalogueQuery } from './catalogue.ts'
import { sampleEntry, sampleIdentity } from './sample-ops.conformance.ts'

type Open = (context: TestContext) => Catalogue

const ALICE = sampleIdentity('alice')
const BOB = sampleIdentity('bob')
const NAME = parsePackageName('web-tools')

/** What a catalogue must do with the entries that search shows. */
export const entryConformance = (open: Open): void => {
  test('an entry comes back as it was put, one for each publisher', (context) => {
    using catalogue = open(context)
    const texts = { title: 'Web tools', description: 'For "the" web; 100% ünïcode', category: 'Web & net', author: 'Alice' }
    const entry = sampleEntry({ ...texts, tags: ['http', 'a "b", c'] })
    const other = sampleEntry({ publisher: 'bob' })
    for (const each of [entry, other, sampleEntry({ name: parsePackageName('another') })]) catalogue.putEntry(each)
    assert.deepEqual(catalogue.entriesNamed(NAME), [entry, other].sort((a, b) => (a.identity < b.identity ? -1 : 1)))
    assert.deepEqual(catalogue.entriesNamed(parsePackageName('nothing')), [])
  })

  test('putting an entry again replaces it, also for search', (context) => {
    using catalogue = open(context)
    catalogue.putEntry(sampleEntry({ title: 'old words' }))
    catalogue.putEntry(sampleEntry({ title: 'new words' }))
    assert.deepEqual(catalogue.entriesNamed(NAME).map(({ title }) => title), ['new words'])
    assert.deepEqual(catalogue.match({ words: ['old'], limit: 10 }), [])
    assert.deepEqual(catalogue.match({ words: ['words'], limit: 10 }).map(({ title }) => title), ['new words'])
  })

  test('a removed entry is not found any more', (context) => {
    using catalogue = open(context)
    catalogue.putEntry(sampleEntry())
    catalogue.putEntry(sampleEntry({ publisher: 'bob' }))
    catalogue.removeEntry(ALICE, NAME)
    catalogue.removeEntry(ALICE, NAME)
    assert.deepEqual(catalogue.entriesNamed(NAME).map(({ identity }) => identity), [BOB])
    assert.deepEqual(catalogue.match({ words: ['web'], limit: 10 }).map(({ identity }) => identity), [BOB])
  })
}

/** Puts three entries and gives the names that match a query. */
const filled = (catalogue: Catalogue): ((query: Partial<CatalogueQuery>) => string[]) => {
  const entries = [
    { name: 'io.ggen.rust.cli', title: 'Rust starter', description: 'A command-line program', tags: ['Rust', 'cli'], category: 'Templates' },
    { name: '@scope/http-server', title: 'HTTP', description: 'Café server, très rapide', tags: ['web dev'], category: 'web', author: 'Ödön' },
    { name: 'rustic', title: 'Décor', description: 'Παράδειγμα ΟΔΟΣ', tags: ['cli-tools'], category: 'Web' },
  ]
  for (const { name, ...texts } of entries) catalogue.putEntry(sampleEntry({ name: parsePackageName(name), ...texts }))
  return (query) => catalogue.match({ words: [], limit: 10, ...query }).map(({ name }) => name)
}

/** What must match, and in which order. */
export const matchConformance = (open: Open): void => {
  test('every word must begin a word of the entry, in whatever field', (context) => {
    using catalogue = open(context)
    const names = filled(catalogue)
    assert.deepEqual(names({ words: ['rust'] }), ['rustic', 'io.ggen.rust.cli'])
    assert.deepEqual(names({ words: ['rust', 'comm'] }), ['io.ggen.rust.cli'])
    assert.deepEqual(names({ words: ['ust'] }), [])
    assert.deepEqual(names({ words: ['rust', 'absent'] }), [])
    for (const word of ['scope', 'http', 'caf', 'cafe', 'café', 'Tres', 'dev', 'web', 'odon']) {
      assert(names({ words: [word] }).includes('@scope/http-server'), word)
    }
    assert.deepEqual(names({ words: ['παραδ', 'οδος'] }), ['rustic'])
  })

  test('a category and tags are whole, in upper or lower case', (context) => {
    using catalogue = open(context)
    const names = filled(catalogue)
    assert.deepEqual(names({ category: 'WEB' }), ['rustic', '@scope/http-server'])
    assert.deepEqual(names({ category: 'we' }), [])
    assert.deepEqual(names({ tags: ['cli'] }), ['io.ggen.rust.cli'])
    assert.deepEqual(names({ tags: ['CLI', 'rust'] }), ['io.ggen.rust.cli'])
    assert.deepEqual(names({ tags: ['web dev'] }), ['@scope/http-server'])
    assert.deepEqual(names({ tags: ['web'] }), [])
    assert.deepEqual(names({ words: ['decor'], category: 'web', tags: ['cli-tools'] }), ['rustic'])
    assert.deepEqual(names({ words: ['decor'], category: 'templates' }), [])
  })

  test('nothing in a query is syntax', (context) => {
    using catalogue = open(context)
    const names = filled(catalogue)
    for (const word of ['"', '*', 'a" OR "b', 'title:rust', 'NEAR(rust cli)', '-rust', '^rust', '\0', '{', 'rust*', "'"]) {
      assert.doesNotThrow(() => names({ words: [word] }), word)
    }
    assert.deepEqual(names({ words: ['rust*'] }), ['rustic', 'io.ggen.rust.cli'])
    assert.deepEqual(names({ words: ['"', '*'] }), [])
    assert.deepEqual(names({ words: ['or'] }), [])
    assert.deepEqual(names({ category: '" OR "', tags: ['*'] }), [])
  })

  test('those put last come first, up to the limit, and without conditions everything matches', (context) => {
    using catalogue = open(context)
    const names = filled(catalogue)
    assert.deepEqual(names({}), ['rustic', '@scope/http-server', 'io.ggen.rust.cli'])
    assert.deepEqual(names({ limit: 2 }), ['rustic', '@scope/http-server'])
    assert.deepEqual(names({ words: ['rust'], limit: 1 }), ['rustic'])
    assert.deepEqual(names({ words: ['rust'], limit: 0 }), [])
    const [first] = catalogue.entriesNamed(parsePackageName('io.ggen.rust.cli'))
    if (first !== undefined) catalogue.putEntry(first)
    assert.deepEqual(names({ words: ['rust'] }), ['io.ggen.rust.cli', 'rustic'])
  })

  test('too many words or tags are refused', (context) => {
    using catalogue = open(context)
    const names = filled(catalogue)
    const many = (count: number): string[] => Array.from({ length: count }, (_, index) => `w${index}`)
    const isInvalid = (error: unknown): boolean => isGgenError(error, 'query-invalid')
    assert.deepEqual(names({ words: many(LIMITS.queryWords), tags: many(LIMITS.tags), category: 'x' }), [])
    assert.throws(() => names({ words: many(LIMITS.queryWords + 1) }), isInvalid)
    assert.throws(() => names({ tags: many(LIMITS.tags + 1), category: 'x' }), isInvalid)
  })
}
