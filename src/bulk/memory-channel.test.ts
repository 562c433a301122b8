import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { parsePeerId } from '#core'
import { seeded, TestClock } from '#testing'
import { blobSourceConformance, requestOf, shelfOf } from './blob-source.conformance.ts'
import { memoryChannels } from './memory-channel.ts'

const ALICE = parsePeerId('12D3KooWDpJ7As7BWAwRMfu1VU2WCqNjvq387JEYKDBj4kx6nXTN')
const BOB = parsePeerId('12D3KooWNvSZnPi3RrhrTwEY4LuuBeB6K6facKUCJcyWG1aoDd2p')
const never = new AbortController().signal
const content = seeded('memory').bytes(1000)

blobSourceConformance('the channel in memory', 'memory', async (shelf) => {
  const channels = memoryChannels(new TestClock())
  const alice = channels.join(ALICE, shelfOf(new Uint8Array(1)))
  const bob = channels.join(BOB, shelf)
  const offer = bob.offer(ALICE)
  assert.ok(offer)
  alice.learn(BOB, '127.0.0.1', offer)
  return {
    source: alice,
    peer: BOB,
    [Symbol.asyncDispose]: async () => {
      await alice[Symbol.asyncDispose]()
      await bob[Symbol.asyncDispose]()
    },
  }
})

describe('channels in memory', () => {
  test('need an offer that was made to the asker', async () => {
    const channels = memoryChannels(new TestClock())
    const alice = channels.join(ALICE, shelfOf(content))
    const bob = channels.join(BOB, shelfOf(content))
    assert.equal(alice.carrier(BOB), undefined)
    await assert.rejects(Array.fromAsync(alice.read(requestOf(BOB, content), never)), { code: 'peer-unreachable' })
    const foreign = bob.offer(BOB)
    assert.ok(foreign)
    alice.learn(BOB, '127.0.0.1', foreign)
    await assert.rejects(Array.fromAsync(alice.read(requestOf(BOB, content), never)), { code: 'denied' })
  })

  test('give what mischief makes of the bytes', async () => {
    const channels = memoryChannels(new TestClock())
    const alice = channels.join(ALICE, shelfOf(content))
    const bob = channels.join(BOB, shelfOf(content), async function* (chunks) {
      for await (const chunk of chunks) yield chunk.map((byte) => byte ^ 1)
    })
    const offer = bob.offer(ALICE)
    assert.ok(offer)
    alice.learn(BOB, '127.0.0.1', offer)
    const bytes = Buffer.concat(await Array.fromAsync(alice.read(requestOf(BOB, content), never)))
    assert.equal(bytes[0], (content[0] ?? 0) ^ 1)
  })
})
