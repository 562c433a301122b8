import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { parsePackageName } from '#core'
import type { Catalogue } from './catalogue.ts'
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
    assert.deepEqual(catalogue.newestEntries(10).map(({ title }) => title), ['new words'])
  })

  test('an entry that is put again is known for as long as it was', (context) => {
    using catalogue = open(context)
    for (const known of [50, 80, 20]) catalogue.putEntry(sampleEntry({ known }))
    assert.deepEqual(catalogue.entriesNamed(NAME).map(({ known }) => known), [20])
  })

  test('a removed entry is not found any more', (context) => {
    using catalogue = open(context)
    catalogue.putEntry(sampleEntry())
    catalogue.putEntry(sampleEntry({ publisher: 'bob' }))
    catalogue.removeEntry(ALICE, NAME)
    catalogue.removeEntry(ALICE, NAME)
    assert.deepEqual(catalogue.entriesNamed(NAME).map(({ identity }) => identity), [BOB])
    assert.deepEqual(catalogue.newestEntries(10).map(({ identity }) => identity), [BOB])
  })

  test('entries are listed by the beginnings of their names, and by date', (context) => {
    using catalogue = open(context)
    for (const [at, name] of ['web', 'web-tools', 'wea', 'web.z', 'wfb'].entries()) catalogue.putEntry(sampleEntry({ name: parsePackageName(name), at }))
    assert.deepEqual(catalogue.entriesUnder('web', 10).map(({ name }) => name), ['web', 'web-tools', 'web.z'])
    assert.deepEqual(catalogue.entriesUnder('', 2).map(({ name }) => name), ['wea', 'web'])
    assert.deepEqual(catalogue.newestEntries(3).map(({ name }) => name), ['wfb', 'web.z', 'wea'])
  })

  test('names are listed in the order in which their packages came, page by page, whatever changes between', (context) => {
    using catalogue = open(context)
    const put = (name: string, publisher = 'alice'): void => catalogue.putEntry(sampleEntry({ name: parsePackageName(name), publisher }))
    assert.deepEqual(catalogue.oldestNames(0, 10), { names: [], last: 0 })
    for (const name of ['web', 'apple', 'zoo']) put(name)
    put('apple', 'bob')
    const first = catalogue.oldestNames(0, 2)
    assert.deepEqual(first.names, ['web', 'apple'])
    catalogue.removeEntry(ALICE, parsePackageName('web'))
    put('apple')
    put('web')
    const next = catalogue.oldestNames(first.last, 10)
    assert.deepEqual(next.names, ['zoo', 'apple', 'web'])
    assert.deepEqual(catalogue.oldestNames(next.last, 10), { names: [], last: next.last })
    assert.throws(() => catalogue.transact(() => {
      put('never')
      put('zoo')
      throw new RangeError('no')
    }), RangeError)
    assert.deepEqual(catalogue.oldestNames(0, 10).names, ['apple', 'zoo', 'apple', 'web'])
  })
}
