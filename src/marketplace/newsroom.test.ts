import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { Events, type FeedOp, isGgenError, LIMITS, type MissedNews, type News } from '#core'
import { announceOps } from '#flow/announce'
import { memoryHub } from '#network'
import { openMarketplace, Publisher, smallPackage, TestClock, until } from '#testing'
import { openOp } from '#trust'
import { Newsroom, type NewsroomParts } from './newsroom.ts'

const alice = new Publisher('alice')
const release = alice.release('web-tools', '1.0.0', { summary: { description: 'Servers and clients' } })
const yank = alice.status('web-tools', '1.0.0', { state: 'yanked', why: 'loses data' })

const inShort = (news: News | MissedNews): string =>
  news.type === 'missed' ? `missed ${news.count}`
  : news.type === 'dropped' ? `dropped ${news.records}`
  : `${news.type} ${news.name}@${news.version} ${news.source}${news.type === 'status' ? ` ${news.state}` : ''}`

/** Collects until the signal of the watch aborts. */
const collect = (news: AsyncIterable<News | MissedNews>): { readonly heard: string[]; readonly ended: Promise<void> } => {
  const heard: string[] = []
  const read = async (): Promise<void> => {
    for await (const one of news) heard.push(inShort(one))
  }
  return { heard, ended: read() }
}

const setUp = (parts: Partial<NewsroomParts> = {}): { newsroom: Newsroom; views: () => number; told: string[] } => {
  const events = new Events()
  const told: string[] = []
  events.subscribe(({ type }) => told.push(type))
  let views = 0
  const view = (_op: FeedOp): undefined => void (views += 1)
  return { newsroom: new Newsroom({ events, clock: new TestClock(), light: false, view, ...parts }), views: () => views, told }
}

describe('a newsroom', () => {
  test('does nothing but tell the log while nobody watches', () => {
    const { newsroom, views, told } = setUp()
    for (const op of [release, yank]) newsroom.tell(op, 'sync')
    newsroom.tellDropped(alice.identity, 3)
    assert.deepEqual([told, views()], [['release-added', 'status-changed'], 0])
  })

  test('tells everybody what they want, from then on and until they leave', async () => {
    const { newsroom } = setUp()
    const [leaving, staying] = [new AbortController(), new AbortController()]
    newsroom.tell(release, 'own')
    const some = collect(newsroom.watch({ words: ['web'], types: ['package', 'release'] }, leaving.signal))
    const all = collect(newsroom.watch({ words: [] }, staying.signal))
    for (const op of [release, yank, alice.release('perl', '1.0.0')]) newsroom.tell(op, 'gossip')
    newsroom.tellDropped(alice.identity, 3)
    await until('all of it is read', () => all.heard.length === 4 && some.heard.length === 1)
    leaving.abort()
    await some.ended
    newsroom.tell(release, 'gossip')
    await until('the other one still hears', () => all.heard.length === 5)
    const first = 'package web-tools@1.0.0 gossip'
    assert.deepEqual(some.heard, [first])
    assert.deepEqual(all.heard, [first, 'status web-tools@1.0.0 gossip yanked', 'package perl@1.0.0 gossip', 'dropped 3', first])
    newsroom[Symbol.dispose]()
    await all.ended
  })

  test('looks up what takes a while only for what somebody wants', () => {
    const { newsroom, views } = setUp()
    newsroom.watch({ words: ['perl'] }, new AbortController().signal)
    newsroom.tell(release, 'sync')
    assert.equal(views(), 0)
  })

  test('has room for so many, and for others when one leaves, aborts or stops reading', async () => {
    const { newsroom } = setUp()
    const another = (): unknown => newsroom.watch({ words: [] }, new AbortController().signal)
    const tooMany = (): void => assert.throws(another, (error) => isGgenError(error, 'too-busy'))
    const controller = new AbortController()
    const [reading] = Array.from({ length: LIMITS.watchers - 1 }, () => newsroom.watch({ words: [] }, new AbortController().signal))
    newsroom.watch({ words: [] }, controller.signal)
    tooMany()
    controller.abort()
    newsroom.watch({ words: [] }, new AbortController().signal)
    tooMany()
    assert(reading !== undefined)
    newsroom.tell(release, 'own')
    for await (const _ of reading) break
    newsroom.watch({ words: [] }, new AbortController().signal)
    tooMany()
  })

  test('refuses at once what it cannot do', () => {
    const { signal } = new AbortController()
    assert.throws(() => setUp({ light: true }).newsroom.watch({ words: [] }, signal), { code: 'no-catalogue' })
    assert.throws(() => setUp().newsroom.watch({ words: ['"'] }, signal), { code: 'query-invalid' })
    assert.throws(() => setUp().newsroom.watch({ words: [] }, AbortSignal.abort(new Error('gone'))), /gone/)
  })
})

test('a node tells who watches of what is published here and of what peers tell, with the words of the release', async () => {
  const clock = new TestClock()
  const hub = memoryHub({ clock })
  const peer = hub.join()
  await using node = await openMarketplace({ hub, clock })
  hub.link(peer.self, node.network.self)
  const watching = new AbortController()
  const clients = collect(node.marketplace.watch({ words: ['client'] }, watching.signal))
  const own = collect(node.marketplace.watch({ words: ['mine'] }, watching.signal))
  await announceOps(peer, [openOp(alice.genesis), release, yank])
  await node.publish(smallPackage('mine'))
  await until('all of it is told', () => clients.heard.length === 2 && own.heard.length === 1)
  assert.deepEqual(clients.heard, ['package web-tools@1.0.0 gossip', 'status web-tools@1.0.0 gossip yanked'])
  assert.deepEqual(own.heard, ['package mine@1.0.0 own'])
  watching.abort()
  await Promise.all([clients.ended, own.ended])
})

test('a node tells what it drops for want of room', async () => {
  const clock = new TestClock()
  const hub = memoryHub({ clock })
  const peer = hub.join()
  const genesis = openOp(alice.genesis)
  await using node = await openMarketplace({ hub, clock, quota: { total: genesis.bytes.length + release.bytes.length, perIdentity: Infinity } })
  hub.link(peer.self, node.network.self)
  const watching = new AbortController()
  const { heard, ended } = collect(node.marketplace.watch({ words: [], types: ['dropped'] }, watching.signal))
  await announceOps(peer, [genesis, release, yank])
  await until('it is told', () => heard.length > 0)
  assert.match(heard[0] ?? '', /^dropped \d+$/)
  watching.abort()
  await ended
})
