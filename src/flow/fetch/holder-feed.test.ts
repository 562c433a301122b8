import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { PeerId } from '#core'
import type { Holder } from './find-holders.ts'
import { HolderFeed } from './holder-feed.ts'
import { never } from './transfer-scene.conformance.ts'

const holder = (name: string): Holder => ({ peer: name as PeerId, sizeBytes: 1 })

/** A search that yields what it is given until it is told to end. */
const search = (): { readonly find: AsyncIterable<Holder>; put(name: string): void; end(error?: Error): void } => {
  let sink: ReadableStreamDefaultController<Holder> | undefined
  const stream = new ReadableStream<Holder>({ start: (controller) => { sink = controller } })
  return {
    find: stream,
    put: (name) => sink?.enqueue(holder(name)),
    end: (error) => (error === undefined ? sink?.close() : sink?.error(error)),
  }
}

test('every listener hears of every holder, however late it comes, and of the end', async () => {
  const [feed, { find, put, end }] = [new HolderFeed(), search()]
  const running = feed.run(find)
  const heard: string[] = []
  const listen = (who: string): Disposable =>
    feed.subscribe({ found: ({ peer }) => heard.push(`${who} ${peer}`), ended: () => heard.push(`${who} ended`) })
  using _early = listen('early')
  const gone = listen('gone')
  put('ada')
  const all = Array.fromAsync(feed.each(never))
  const [first] = await Array.fromAsync(take(feed.each(never), 1))
  assert.equal(first?.peer, 'ada')
  gone[Symbol.dispose]()
  using _late = listen('late')
  put('bob')
  end()
  await running
  assert.deepEqual(heard, ['early ada', 'gone ada', 'late ada', 'early bob', 'late bob', 'early ended', 'late ended'])
  listen('last')
  assert.deepEqual(heard.slice(7), ['last ada', 'last bob', 'last ended'])
  assert.deepEqual((await all).map(({ peer }) => peer), ['ada', 'bob'])
})

async function* take<T>(items: AsyncIterable<T>, count: number): AsyncGenerator<T> {
  let left = count
  for await (const item of items) {
    yield item
    if (--left === 0) return
  }
}

test('a search that fails is told to everybody', async () => {
  const [feed, { find, put, end }] = [new HolderFeed(), search()]
  const running = feed.run(find)
  put('ada')
  const failures: unknown[] = []
  using _listening = feed.subscribe({ found: () => undefined, ended: (failure) => failures.push(failure?.error) })
  const all = Array.fromAsync(feed.each(never))
  end(new Error('no network'))
  await running
  await assert.rejects(all, /no network/)
  assert.match(String(failures), /no network/)
})

test('waiting for more ends with the signal', async () => {
  const feed = new HolderFeed()
  const stop = new AbortController()
  const all = Array.fromAsync(feed.each(stop.signal))
  stop.abort(new Error('enough'))
  await assert.rejects(all, /enough/)
})
