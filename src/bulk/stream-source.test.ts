import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { LIMITS } from '#core'
import { memoryHub } from '#network'
import { seeded, TestClock, until } from '#testing'
import { answerBlobs } from './answer-blobs.ts'
import { blobSourceConformance, requestOf, shelfOf } from './blob-source.conformance.ts'
import { streamSource } from './stream-source.ts'

blobSourceConformance('the stream inside libp2p (network in memory)', 'stream', async (shelf) => {
  const clock = new TestClock()
  const hub = memoryHub({ clock })
  const [alice, bob] = [hub.join(), hub.join()]
  hub.link(alice.self, bob.self)
  const answering = answerBlobs(bob, shelf)
  return {
    source: streamSource({ network: alice, clock }),
    peer: bob.self,
    [Symbol.asyncDispose]: async () => {
      answering[Symbol.dispose]()
      await alice[Symbol.asyncDispose]()
      await bob[Symbol.asyncDispose]()
    },
  }
})

describe('the stream to a peer with a limit', () => {
  test('goes on at any rate: no answer takes as long as a question may', async () => {
    for (const bytesPerSecond of [LIMITS.stallBytesPerSecond, 20_000, 100_000, 5_000_000]) {
      const clock = new TestClock()
      const hub = memoryHub({ clock })
      const [alice, bob] = [hub.join(), hub.join()]
      hub.link(alice.self, bob.self)
      const content = seeded('limited').bytes(600_000)
      let freeAt = clock.monotonic()
      let longestMs = 0
      let waiting = 0
      using _answering = answerBlobs(bob, shelfOf(content), async (_peer, bytes, signal) => {
        const askedAt = clock.monotonic()
        freeAt = Math.max(freeAt, askedAt) + (bytes / bytesPerSecond) * 1000
        waiting += 1
        await clock.wait(freeAt - askedAt, signal)
        waiting -= 1
        longestMs = Math.max(longestMs, clock.monotonic() - askedAt)
      })
      let isOver = false
      const reading = Array.fromAsync(streamSource({ network: alice, clock }).read(requestOf(bob.self, content), new AbortController().signal))
      const all = reading.finally(() => (isOver = true))
      while (!isOver) {
        for (let turn = 0; turn < 20; turn++) await Promise.resolve()
        if (waiting > 0) clock.advance(20)
        else await until('it asks or is over', () => waiting > 0 || isOver)
      }
      assert.ok(Buffer.concat(await all).equals(content))
      assert.ok(longestMs < LIMITS.askTimeoutMs * 0.9, `${longestMs} ms at ${bytesPerSecond} B/s`)
      await alice[Symbol.asyncDispose]()
      await bob[Symbol.asyncDispose]()
    }
  })
})
