import assert from 'node:assert/strict'
import { test } from 'node:test'
import { LIMITS } from '#core'
import { Publisher } from '#testing'
import { decodeFeedQuestion, type FeedQuestion } from '#wire'
import { askFeed } from './ask-feed.ts'
import { never, syncScene } from './sync-scene.conformance.ts'

const { identity } = new Publisher('alice')
const question: FeedQuestion = { ask: 'package', identity, name: undefined, skip: 7 }

test('the question arrives as it was asked, and the bytes of the answer come back unread', async () => {
  const { parts, server } = syncScene()
  using _answering = server.answer('/ggen/feed/1', async (bytes, from) => {
    assert.deepEqual([decodeFeedQuestion(bytes), from], [question, parts.network.self])
    return Uint8Array.of(0xff)
  })
  assert.deepEqual(await askFeed(parts, server.self, { question, signal: never }), Uint8Array.of(0xff))
})

test('a peer that does not answer is waited for no longer than a question may take', async () => {
  const { parts, server, clock } = syncScene()
  const { promise: hangs, resolve: answer } = Promise.withResolvers<Uint8Array>()
  const { promise: isAsked, resolve: asked } = Promise.withResolvers<void>()
  using _answering = server.answer('/ggen/feed/1', () => {
    asked()
    return hangs
  })
  const asking = askFeed(parts, server.self, { question, signal: never })
  await isAsked
  clock.advance(LIMITS.askTimeoutMs)
  await assert.rejects(asking, { code: 'timeout' })
  answer(new Uint8Array())
})

test('whoever asks can leave, and nobody there is said', async () => {
  const { parts, server } = syncScene()
  await assert.rejects(askFeed(parts, server.self, { question, signal: never }), { code: 'peer-unreachable' })
  using _answering = server.answer('/ggen/feed/1', () => new Promise<never>(() => undefined))
  const leaving = new AbortController()
  const asking = askFeed(parts, server.self, { question, signal: leaving.signal })
  leaving.abort()
  await assert.rejects(asking, { code: 'cancelled' })
})
