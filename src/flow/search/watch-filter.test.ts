import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { GgenError, LIMITS, type News, parsePackageName } from '#core'
import { entryTerms, memoryCatalogue, memoryPackageSearch } from '#store'
import { Publisher } from '#testing'
import { aboutOp, parseWatch, wantsNews, wantsSubject, type WatchWish } from './watch-filter.ts'

const alice = new Publisher('alice')
const bob = new Publisher('bob')
const summary = { title: 'Tools', description: 'Servers and clients', tags: ['http'], category: 'Web', license: 'MIT', author: 'Ada B' }
const tools = alice.release('web-tools', '1.0.0', { summary })
const yank = alice.status('web-tools', '1.0.0', { state: 'yanked' })

const told = { description: '', category: '', tags: [], op: tools.id, signedAt: 1, heardAt: 1, source: 'gossip' } as const
const released: News = { type: 'release', name: tools.body.name, version: tools.body.version, identity: alice.identity, ...told }
const yanked: News = { type: 'status', name: tools.body.name, version: '*', identity: alice.identity, state: 'yanked', ...told }
const dropped: News = { type: 'dropped', identity: alice.identity, records: 1, heardAt: 1 }

const wants = (wish: Partial<WatchWish>): boolean => wantsSubject(parseWatch({ words: [], ...wish }), aboutOp(tools, tools))

describe('a wish', () => {
  test('of words means what a search for them finds, the beginnings of words too', () => {
    for (const words of [['tools'], ['serv', 'cli'], ['WEB', 'Tools'], ['ada', 'http'], ['webtools'], []]) assert.equal(wants({ words }), true, words.join())
    for (const words of [['lients'], ['http', 'webtools']]) assert.equal(wants({ words }), false, words.join())
    assert.equal(wants({ words: ['tools', 'perl'] }), false, 'all of them must be there')
  })

  test('that has the whole name of a package among its words means that package as well', () => {
    assert.equal(wants({ words: ['other', 'web-tools'] }), true)
    assert.equal(wants({ words: ['other', 'tools'] }), false)
    assert.equal(wants({ words: ['other', 'web-tools'], category: 'cli' }), false, 'filters hold all the same')
  })

  test('of names means these packages and no other', () => {
    assert.equal(wants({ names: [parsePackageName('other'), parsePackageName('web-tools')] }), true)
    assert.equal(wants({ names: [parsePackageName('web')] }), false)
    assert.equal(wants({ names: [parsePackageName('web-tools')], words: ['perl'] }), false)
  })

  test('has every filter of a search', () => {
    const filters: readonly Partial<WatchWish>[] = [
      { category: ' web ' }, { tags: ['HTTP'] }, { author: 'ada b' }, { license: 'mit' }, { publisher: alice.identity }, { kind: 'tgz' }, { scripts: false },
      { since: tools.at },
    ]
    for (const filter of filters) assert.equal(wants(filter), true, JSON.stringify(filter))
    const others: readonly Partial<WatchWish>[] = [
      { category: 'we' }, { tags: ['http', 'x'] }, { author: 'ada' }, { license: 'x' }, { publisher: bob.identity }, { kind: 'zip' }, { scripts: true },
      { since: tools.at + 1 },
    ]
    for (const filter of others) assert.equal(wants(filter), false, JSON.stringify(filter))
  })

  test('sees a status as what the release is, and by its name alone where that is not known', () => {
    const filter = parseWatch({ words: ['clients'], since: yank.at })
    assert.equal(wantsSubject(filter, aboutOp(yank, tools)), true, 'the status is what is dated')
    assert.equal(wantsSubject(filter, aboutOp(yank, undefined)), false)
    assert.equal(wantsSubject(parseWatch({ words: ['tool'], publisher: alice.identity }), aboutOp(yank, undefined)), true)
    assert.equal(wantsSubject(parseWatch({ words: [], scripts: false }), aboutOp(yank, undefined)), false)
  })

  test('of types or states leaves out the other news', () => {
    const kept = (wish: Partial<WatchWish>): readonly string[] =>
      [released, yanked, dropped].filter((news) => wantsNews(parseWatch({ words: [], ...wish }), news)).map(({ type }) => type)
    assert.deepEqual(kept({}), ['release', 'status', 'dropped'])
    assert.deepEqual(kept({ types: ['package', 'release'] }), ['release'])
    assert.deepEqual(kept({ states: ['yanked', 'live'] }), ['status'])
    assert.deepEqual(kept({ states: ['deprecated'] }), [])
    assert.deepEqual(kept({ types: [], states: [] }), ['release', 'status', 'dropped'])
  })

  test('hears of what was dropped unless it is for some packages or another publisher', () => {
    const wishes: readonly Partial<WatchWish>[] = [{ words: ['a'] }, { names: [tools.body.name] }, { tags: ['a'] }, { since: 1 }, { publisher: bob.identity }]
    for (const wish of wishes) assert.equal(wantsNews(parseWatch({ words: [], ...wish }), dropped), false, JSON.stringify(wish))
    assert.equal(wantsNews(parseWatch({ words: [], publisher: alice.identity }), dropped), true)
  })

  test('that can never come true, or says nothing where something was typed, is refused', () => {
    const wishes: readonly Partial<WatchWish>[] = [
      { words: ['--', '"'] }, { tags: [' '] }, { category: '' }, { words: ['x'.repeat(LIMITS.queryChars + 1)] }, { since: -1 },
      { types: ['release'], states: ['yanked'] },
    ]
    for (const wish of wishes) assert.throws(() => parseWatch({ words: [], ...wish }), { code: 'query-invalid' }, JSON.stringify(wish))
  })

  test('however odd, leaves anything but letters and digits out of the words', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary', maxLength: 40 })), (words) => {
        try {
          for (const word of parseWatch({ words }).words) assert.match(word, /^[\p{L}\p{N}\p{M}]+$/u)
        } catch (error) {
          assert.ok(error instanceof GgenError && error.code === 'query-invalid', String(error))
        }
      }),
    )
  })

  test('wants a package exactly when a search for the same words would find it', async () => {
    const { identity, body: { name, version, artifact, kind, scripts }, at, id } = tools
    using catalogue = memoryCatalogue()
    const entry = { identity, name, version, digest: artifact.digest, ...summary, kind, scripts }
    catalogue.putEntry({ ...entry, deprecated: false, at, known: at, op: id })
    await using search = memoryPackageSearch(catalogue)
    const word = fc.constantFrom('web', 'we', 'tools', 'webto', 'server', 'ada', 'http', 'x', 'clients')
    const filter = fc.constantFrom({}, { category: 'web' }, { category: 'cli' })
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(word, { minLength: 1, maxLength: 4 }), filter, async (words, filters) => {
        const never = new AbortController().signal
        const { total, corrected } = await search.search({ words, order: 'relevance', limit: 1, now: at, ...filters }, { kept: [] }, never)
        fc.pre(corrected === undefined)
        assert.equal(wantsSubject(parseWatch({ words, ...filters }), { name, at, terms: entryTerms(entry) }), total > 0)
      }),
    )
  })
})
