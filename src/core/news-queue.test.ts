import assert from 'node:assert/strict'
import { test } from 'node:test'
import { LIMITS } from './limits.ts'
import type { MissedNews, News } from './news.ts'
import { Publisher } from '#testing'
import { NewsQueue } from './news-queue.ts'

const { identity } = new Publisher('alice')
const news = (records: number): News => ({ type: 'dropped', identity, records, heardAt: 0 })
const numberOf = (one: News | MissedNews): number | string => (one.type === 'dropped' ? one.records : one.type === 'missed' ? `missed ${one.count}` : one.type)

/** The next ones, in short. */
const take = async (reader: AsyncGenerator<News | MissedNews>, count: number): Promise<readonly (number | string)[]> => {
  const taken: (number | string)[] = []
  while (taken.length < count) {
    const { value, done } = await reader.next()
    if (done === true) break
    taken.push(numberOf(value))
  }
  return taken
}

test('what is pushed is read in order, also by a reader that waits', async () => {
  const queue = new NewsQueue<News>()
  const reader = queue.read(new AbortController().signal)
  const waiting = take(reader, 2)
  queue.push(news(1))
  queue.push(news(2))
  assert.deepEqual(await waiting, [1, 2])
})

test('a reader that stands still is told in its place how much it missed, and nothing more piles up', async () => {
  const queue = new NewsQueue<News>()
  const reader = queue.read(new AbortController().signal)
  for (let index = 1; index <= LIMITS.watchedNews + 5; index++) queue.push(news(index))
  assert.deepEqual(await take(reader, 2), [1, 2])
  queue.push(news(-1))
  const rest = await take(reader, LIMITS.watchedNews)
  assert.deepEqual(rest.slice(-3), [LIMITS.watchedNews, 'missed 5', -1])
})

test('a gap at the end is told when the reader gets there, once', async () => {
  const queue = new NewsQueue<News>()
  const reader = queue.read(new AbortController().signal)
  for (let index = 1; index <= LIMITS.watchedNews + 1; index++) queue.push(news(index))
  assert.deepEqual((await take(reader, LIMITS.watchedNews + 1)).slice(-2), [LIMITS.watchedNews, 'missed 1'])
  queue.push(news(7))
  assert.deepEqual(await take(reader, 1), [7])
})

test('reading ends when the signal aborts, whether it waits or not', async () => {
  const controller = new AbortController()
  const queue = new NewsQueue<News>()
  const reader = queue.read(controller.signal)
  const waiting = take(reader, 1)
  controller.abort()
  assert.deepEqual(await waiting, [])
  queue.push(news(1))
  assert.deepEqual(await take(queue.read(controller.signal), 1), [])
})
