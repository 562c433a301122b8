import assert from 'node:assert/strict'
import { suite, test, type TestContext } from 'node:test'
import { LIMITS, parsePackageName } from '#core'
import type { Catalogue, CatalogueEntry } from './catalogue.ts'
import type { FoundPackages, PackageQuery, PackageSearch, SearchSignals } from './package-search.ts'
import { sampleEntry, sampleIdentity } from './sample-ops.conformance.ts'

/** A catalogue and the search over it, both closed after the test. */
export interface SearchScene {
  readonly catalogue: Catalogue
  readonly search: PackageSearch
}

type Open = (context: TestContext) => SearchScene
type Ask = (query: Partial<PackageQuery>, signals?: SearchSignals) => Promise<FoundPackages>

const never = new AbortController().signal
const NOW = 1_700_000_000
const NONE: SearchSignals = { kept: [] }

const asking = ({ search }: SearchScene): Ask => (query, signals = NONE) =>
  search.search({ words: [], order: 'relevance', limit: 100, now: NOW, ...query }, signals, never)

const namesIn = ({ found }: FoundPackages): string[] => found.map(({ entry }) => entry.name)

type EntryChange = Omit<Partial<CatalogueEntry>, 'name'> & { readonly name: string; readonly publisher?: string }

const put = ({ catalogue }: SearchScene, ...entries: readonly EntryChange[]): void =>
  catalogue.transact(() => {
    for (const { name, ...change } of entries) catalogue.putEntry(sampleEntry({ ...change, name: parsePackageName(name) }))
  })

/** Puts three entries and gives the names that match a query. */
const filled = (scene: SearchScene): ((query: Partial<PackageQuery>) => Promise<string[]>) => {
  put(
    scene,
    { name: 'io.ggen.rust.cli', title: 'Rust starter', description: 'A command-line program', tags: ['Rust', 'cli'], category: 'Templates' },
    { name: '@scope/http-server', title: 'HTTP', description: 'Café server, très rapide', tags: ['web dev'], category: 'web', author: 'Ödön' },
    { name: 'rustic', title: 'Décor', description: 'Παράδειγμα ΟΔΟΣ', tags: ['cli-tools'], category: 'Web' },
  )
  const ask = asking(scene)
  return async (query) => namesIn(await ask(query)).sort()
}

/** What every search must do. `open` gives one over an empty catalogue. */
export const searchConformance = (name: string, open: Open): void => {
  suite(`${name} is a search`, { concurrency: true }, () => {
    matchConformance(open)
    filterConformance(open)
    rankConformance(open)
    pageConformance(open)
    spellingConformance(open)
    endConformance(open)
  })
}

const matchConformance = (open: Open): void => {
  test('each word is a word of the entry, in whatever field, and the last may be the beginning of one', async (context) => {
    const names = filled(open(context))
    assert.deepEqual(await names({ words: ['rust'] }), ['io.ggen.rust.cli', 'rustic'])
    assert.deepEqual(await names({ words: ['rust', 'comm'] }), ['io.ggen.rust.cli'])
    assert.deepEqual(await names({ words: ['ust'] }), [])
    assert.deepEqual(await names({ words: ['rust', 'absent'] }), [])
    for (const word of ['scope', 'http', 'caf', 'cafe', 'café', 'Tres', 'dev', 'web', 'odon']) {
      assert((await names({ words: [word] })).includes('@scope/http-server'), word)
    }
    assert.deepEqual(await names({ words: ['παραδ', 'οδος'] }), ['rustic'])
  })

  test('nothing in a query is syntax', async (context) => {
    const names = filled(open(context))
    for (const word of ['a" OR "b', 'title:rust', 'NEAR(rust cli)', '\0 rust', "rust'--"]) await assert.doesNotReject(names({ words: [word] }), word)
    assert.deepEqual(await names({ words: ['rust*'] }), ['io.ggen.rust.cli', 'rustic'])
    assert.deepEqual(await names({ words: ['or'] }), [])
    assert.deepEqual(await names({ category: '" OR "', tags: ['*'] }), [])
  })

  test('too many words or tags are refused', async (context) => {
    const names = filled(open(context))
    const many = (count: number): string[] => Array.from({ length: count }, (_, index) => `w${index}`)
    assert.deepEqual(await names({ words: many(LIMITS.queryWords), tags: many(LIMITS.tags), category: 'x' }), [])
    await assert.rejects(names({ words: many(LIMITS.queryWords + 1) }), { code: 'query-invalid' })
    await assert.rejects(names({ tags: many(LIMITS.tags + 1), category: 'x' }), { code: 'query-invalid' })
  })

  test('what was changed or removed is found as it is now', async (context) => {
    const scene = open(context)
    const ask = asking(scene)
    put(scene, { name: 'tool', title: 'old words' }, { name: 'other', title: 'old words' })
    assert.equal((await ask({ words: ['old'] })).total, 2)
    put(scene, { name: 'tool', title: 'new words' })
    scene.catalogue.removeEntry(sampleIdentity('alice'), parsePackageName('other'))
    assert.equal((await ask({ words: ['old', 'words'] })).total, 0)
    assert.deepEqual(namesIn(await ask({ words: ['words'] })), ['tool'])
  })
}

const filterConformance = (open: Open): void => {
  test('a category and tags are whole, in upper or lower case', async (context) => {
    const names = filled(open(context))
    assert.deepEqual(await names({ category: 'WEB' }), ['@scope/http-server', 'rustic'])
    assert.deepEqual(await names({ category: 'we' }), [])
    assert.deepEqual(await names({ tags: ['cli'] }), ['io.ggen.rust.cli'])
    assert.deepEqual(await names({ tags: ['CLI', 'rust'] }), ['io.ggen.rust.cli'])
    assert.deepEqual(await names({ tags: ['web dev'] }), ['@scope/http-server'])
    assert.deepEqual(await names({ tags: ['web'] }), [])
    assert.deepEqual(await names({ words: ['decor'], category: 'web', tags: ['cli-tools'] }), ['rustic'])
    assert.deepEqual(await names({ words: ['decor'], category: 'templates' }), [])
  })

  test('author, license, publisher, kind, scripts and date narrow a search, with words and without', async (context) => {
    const scene = open(context)
    put(
      scene,
      { name: 'tool-a', author: 'Ada Byron', license: 'MIT', at: 100 },
      { name: 'tool-b', author: 'Bob', license: 'Apache-2.0', at: 200, scripts: true, publisher: 'bob' },
      { name: 'tool-c', author: 'Ada', license: 'MIT', at: 300, scripts: true },
    )
    const ask = asking(scene)
    const cases: readonly (readonly [Partial<PackageQuery>, readonly string[]])[] = [
      [{ author: 'ada byron' }, ['tool-a']], [{ author: 'ADA' }, ['tool-c']], [{ license: 'mit' }, ['tool-a', 'tool-c']],
      [{ publisher: sampleIdentity('bob') }, ['tool-b']], [{ kind: 'tgz' }, ['tool-a', 'tool-b', 'tool-c']], [{ kind: 'zip' }, []],
      [{ scripts: true }, ['tool-b', 'tool-c']], [{ scripts: false }, ['tool-a']], [{ since: 200 }, ['tool-b', 'tool-c']],
      [{ since: 150, scripts: true, license: 'MIT' }, ['tool-c']],
    ]
    for (const [filters, expected] of cases) {
      for (const words of [[], ['tool'], ['too']]) {
        assert.deepEqual(namesIn(await ask({ ...filters, words })).sort(), expected, JSON.stringify({ ...filters, words }))
      }
    }
  })
}

const rankConformance = (open: Open): void => {
  test('the exact name comes first, then the beginning of a name, a word in one, a tag, and the texts', async (context) => {
    const scene = open(context)
    put(
      scene,
      { name: 'e', description: 'speaks http' }, { name: 'd', tags: ['http'] }, { name: 'my-http' }, { name: 'http-kit' }, { name: 'http', deprecated: true },
    )
    const { found } = await asking(scene)({ words: ['http'] })
    assert.deepEqual(found.map(({ entry }) => entry.name), ['http', 'http-kit', 'my-http', 'd', 'e'])
    assert.deepEqual(found.map(({ parts }) => parts[0]?.signal), ['exact name', 'name prefix', 'name', 'tag', 'text'])
  })

  test('scores are in [0, 1], and are what their parts add up to', async (context) => {
    const scene = open(context)
    put(scene, { name: 'http', known: 1 }, { name: 'http-a', deprecated: true }, { name: 'http-b', known: 5 }, { name: 'c', description: 'https' })
    const kept = [{ identity: sampleIdentity('alice'), name: parsePackageName('http'), reason: 'pin' as const }]
    for (const words of [['http'], [], ['htpt']]) {
      const { found } = await asking(scene)({ words, kind: 'tgz' }, { kept })
      assert(found.length > 0)
      for (const { score, parts } of found) {
        assert(score >= 0 && score <= 1, String(score))
        assert(Math.abs(parts.reduce((sum, { points }) => sum + points, 0) - score) < 0.001, JSON.stringify(parts))
      }
    }
  })

  test('among equals what stays here comes first, then what is known for longer; what is deprecated is last', async (context) => {
    const scene = open(context)
    put(scene, { name: 'x-a', deprecated: true, known: 1 }, { name: 'x-b' }, { name: 'x-c', known: 1 }, { name: 'x-d' }, { name: 'x-d', publisher: 'bob' })
    const kept = [{ identity: sampleIdentity('bob'), name: parsePackageName('x-d'), reason: 'own' as const }]
    const { found } = await asking(scene)({ words: ['x'] }, { kept })
    assert.deepEqual(found.map(({ entry }) => entry.name), ['x-d', 'x-c', 'x-b', 'x-d', 'x-a'])
    assert.equal(found[0]?.entry.identity, sampleIdentity('bob'))
  })

  test('equal scores are ordered by name and publisher, however they came', async (context) => {
    const scene = open(context)
    const entries = ['t-c', 't-a', 't-b'].flatMap((name) => ['carol', 'alice', 'bob'].map((publisher) => ({ name, publisher })))
    put(scene, ...entries)
    const { found } = await asking(scene)({ words: ['t'] })
    const keys = found.map(({ entry }) => `${entry.name} ${entry.identity}`)
    assert.equal(keys.length, 9)
    assert.deepEqual(keys, keys.toSorted())
  })
}

const pageConformance = (open: Open): void => {
  const ORDERS = ['relevance', 'name', 'date'] as const

  const crowd = (scene: SearchScene): void =>
    put(scene, ...Array.from({ length: 40 }, (_, index) => ({
      name: `n${(index * 7) % 40}`, title: index % 3 === 0 ? '' : 'page', tags: ['all'], at: index % 9,
    })))

  test('names and dates are orders of their own', async (context) => {
    const scene = open(context)
    crowd(scene)
    const ask = asking(scene)
    for (const query of [{ tags: ['all'] }, { words: ['page'] }]) {
      const byName = namesIn(await ask({ ...query, order: 'name' }))
      assert.deepEqual(byName, byName.toSorted())
      const { found } = await ask({ ...query, order: 'date' })
      assert.deepEqual(found.map(({ entry }) => entry.at), found.map(({ entry }) => entry.at).sort((a, b) => b - a))
    }
  })

  test('pages put together are the whole, without gaps and duplicates', async (context) => {
    const scene = open(context)
    crowd(scene)
    const ask = asking(scene)
    for (const order of ORDERS) {
      for (const query of [{ order, tags: ['all'] }, { order, words: ['page'] }, { order, words: ['n'] }]) {
        const whole = await ask(query)
        assert.equal(whole.next, undefined)
        const pages: string[] = []
        for (let cursor: string | undefined = ''; cursor !== undefined;) {
          const page: FoundPackages = await ask({ ...query, limit: 7, ...(cursor !== '' && { cursor }), now: NOW + pages.length })
          assert.equal(page.total, whole.total)
          pages.push(...namesIn(page))
          cursor = page.next
        }
        assert.deepEqual(pages, namesIn(whole), JSON.stringify(query))
      }
    }
  })

  test('a cursor of another query, or of none, is refused', async (context) => {
    const scene = open(context)
    crowd(scene)
    const ask = asking(scene)
    const { next } = await ask({ words: ['page'], limit: 1 })
    assert(next !== undefined)
    await ask({ words: ['page'], limit: 50, cursor: next })
    const foreign: readonly Partial<PackageQuery>[] = [
      { words: ['n'], cursor: next }, { words: ['page'], order: 'name', cursor: next }, { words: ['page'], cursor: 'x' }, { cursor: '"' },
    ]
    for (const query of foreign) await assert.rejects(ask(query), { code: 'query-invalid' })
  })
}

const spellingConformance = (open: Open): void => {
  test('a slip is corrected where next to nothing matches, and it is said', async (context) => {
    const scene = open(context)
    const ask = asking(scene)
    put(scene, { name: 'request' }, { name: 'request-kit' }, { name: 'http-server' })
    const answer = await ask({ words: ['reqest'] })
    assert.deepEqual([namesIn(answer), answer.corrected], [['request', 'request-kit'], ['request']])
    assert.equal((await ask({ words: ['request'] })).corrected, undefined)
    assert.deepEqual(namesIn(await ask({ words: ['htpt', 'server'] })), ['http-server'])
    assert.deepEqual(await ask({ words: ['nothing'] }), { total: 0, found: [] })
    put(scene, { name: 'grapes' }, { name: 'x', description: 'about reqest' })
    assert.deepEqual(namesIn(await ask({ words: ['graps'] })), ['grapes'], 'also of what came later')
    assert.deepEqual(namesIn(await ask({ words: ['reqest'] })), ['x', 'request', 'request-kit'], 'what was typed comes first')
  })
}

const endConformance = (open: Open): void => {
  test('an aborted question fails with the reason, and a disposed search says so', async (context) => {
    const scene = open(context)
    const query: PackageQuery = { words: ['a'], order: 'relevance', limit: 1, now: NOW }
    const reason = new RangeError('enough')
    await assert.rejects(scene.search.search(query, NONE, AbortSignal.abort(reason)), reason)
    await scene.search[Symbol.asyncDispose]()
    await assert.rejects(scene.search.search(query, NONE, never), { code: 'cancelled' })
    await scene.search[Symbol.asyncDispose]()
  })
}
