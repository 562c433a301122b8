import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { LIMITS } from '#core'
import { memoryHub } from '#network'
import { openMarketplace, smallPackage, TestClock, until } from '#testing'
import { HeadStart } from './head-start.ts'
import { PEERS_ALONE } from './registries.ts'
import type { SearchQuery } from './search-answer.ts'
import { Searcher } from './searcher.ts'
import { Vouching } from './vouching.ts'

const never = new AbortController().signal
const tool: SearchQuery = { words: ['tool'] }

describe('searching', () => {
  test('explains, pages and corrects on request', async () => {
    const clock = new TestClock()
    await using node = await openMarketplace({ hub: memoryHub({ clock }), clock })
    for (const name of ['tool', 'tool-kit', 'other']) await node.publish(smallPackage(name))
    const { marketplace } = node
    const plain = await marketplace.search(tool, never)
    assert.deepEqual(plain.results.map(({ name, explanation }) => [name, explanation]), [['tool', undefined], ['tool-kit', undefined]])
    const [first] = (await marketplace.search({ ...tool, explain: true }, never)).results
    assert.deepEqual(first?.explanation?.map(({ signal }) => signal), ['exact name', 'whole words', 'published here'])
    const page = await marketplace.search({ ...tool, limit: 1 }, never)
    assert(page.next !== undefined)
    const rest = await marketplace.search({ ...tool, cursor: page.next }, never)
    assert.deepEqual([page.total, rest.results.map(({ name }) => name), rest.next], [2, ['tool-kit'], undefined])
    assert.deepEqual((await marketplace.search({ words: ['othre'] }, never)).corrected, ['other'])
    assert.deepEqual((await marketplace.search({ words: [], scripts: true }, never)).results, [])
    assert.equal((await marketplace.search({ words: [], kind: 'TGZ', sort: 'name' }, never)).total, 3)
  })

  test('a light node asks the same question once in a while, and says when an answer is missing', async () => {
    const clock = new TestClock()
    const hub = memoryHub({ clock })
    await using full = await openMarketplace({ hub, clock })
    await using light = await openMarketplace({ hub, clock, light: true })
    for (const name of ['tool', 'tool-kit']) await full.publish(smallPackage(name))
    hub.link(full.network.self, light.network.self)
    const page = await light.marketplace.search({ ...tool, limit: 1 }, never)
    assert.deepEqual([page.total, page.partial, typeof page.next], [2, undefined, 'string'])
    await full.publish(smallPackage('tool-box'))
    assert.equal((await light.marketplace.search({ ...tool, limit: 20 }, never)).total, 2, 'nobody is asked')
    clock.advance(LIMITS.rememberedSearchMs)
    assert.equal((await light.marketplace.search(tool, never)).total, 3)
    const silent = hub.join()
    silent.answer('/ggen/search/1', () => new Promise(() => {}))
    hub.link(silent.self, light.network.self)
    clock.advance(LIMITS.rememberedSearchMs)
    const searching = light.marketplace.search(tool, never)
    let isDone = false
    void searching.finally(() => (isDone = true))
    await until('the deadline is over', () => {
      clock.advance(LIMITS.peerSearchTimeoutMs)
      return isDone
    })
    assert.deepEqual([(await searching).partial, (await searching).total], [true, 3])
  })

  test('tells the search what stays here only when that is something else', async () => {
    const clock = new TestClock()
    const kept = { list: [] as const }
    const told = new Set<object>()
    const whom = { vouching: new Vouching({ registries: PEERS_ALONE, hasPeers: () => false, isBound: () => false }) }
    const asked = {
      wordsAhead: () => new HeadStart(undefined, async () => [], never), wordsBehind: async () => [], isPrivate: () => false, mayTellPeers: () => true,
    }
    const searcher = new Searcher({
      network: memoryHub({ clock }).join(), clock, light: false, kept: () => kept.list, take: async () => {}, holderCount: async () => 0,
      inquiry: { ...asked, among: () => asked },
      search: {
        search: async (_query, signals) => {
          told.add(signals)
          return { total: 0, found: [] }
        },
        [Symbol.asyncDispose]: async () => {},
      },
    })
    for (let round = 0; round < 3; round++) assert.deepEqual(await searcher.search(tool, never, whom), { total: 0, results: [] })
    assert.equal(told.size, 1)
  })
})
