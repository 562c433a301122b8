import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type ErrorCode, GgenError, LIMITS, parsePeerId, type PeerId } from '#core'
import { TestClock } from '#testing'
import { requestOf } from './blob-source.conformance.ts'
import type { BlobSource, Carrier } from './blob-source.ts'
import { fallbackSource } from './fallback-source.ts'

const BOB = parsePeerId('12D3KooWNvSZnPi3RrhrTwEY4LuuBeB6K6facKUCJcyWG1aoDd2p')
const never = new AbortController().signal
const content = Buffer.from('content')
const whole = requestOf(BOB, content)

/** Gives the content, after so many chunks an error. */
const source = (carrier: Carrier | undefined, failure?: { readonly code: ErrorCode; readonly after: number }): BlobSource => ({
  carrier: () => carrier,
  async *read() {
    for (let chunk = 0; chunk < 2; chunk++) {
      if (failure?.after === chunk) throw new GgenError(failure.code, `${carrier} failed`)
      yield Buffer.from(`${carrier}${chunk} `)
    }
  },
})

const take = async (from: BlobSource): Promise<string> => Buffer.concat(await Array.fromAsync(from.read(whole, never))).toString()

describe('the quick source with a sure one behind it', () => {
  test('is used where it reaches the peer, else the sure one', async () => {
    const clock = new TestClock()
    const both = fallbackSource(source('tls'), source('stream'), clock)
    assert.deepEqual([both.carrier(BOB), await take(both)], ['tls', 'tls0 tls1 '])
    const one = fallbackSource(source(undefined), source('stream'), clock)
    assert.deepEqual([one.carrier(BOB), await take(one)], ['stream', 'stream0 stream1 '])
  })

  test('says when the rest comes the sure way', async () => {
    const moves: Carrier[] = []
    const broken = fallbackSource(source('tls', { code: 'peer-unreachable', after: 1 }), source('stream'), new TestClock())
    await Array.fromAsync(broken.read({ ...whole, moved: (carrier) => void moves.push(carrier) }, never))
    assert.deepEqual(moves, ['stream'])
  })

  test('leaves little to the sure one until the quick one is ready, and says so', async () => {
    let isReady = false
    const prepared: PeerId[] = []
    const quick = { ...source('tls'), isReady: () => isReady, prepare: (peer: PeerId) => void prepared.push(peer) }
    const both = fallbackSource(quick, source('stream'), new TestClock())
    assert.equal(both.carrier(BOB, whole), 'stream')
    assert.deepEqual(prepared, [], 'to ask how is not to want it')
    assert.equal(await take(both), 'stream0 stream1 ')
    assert.deepEqual(prepared, [BOB])
    assert.equal(both.carrier(BOB), 'tls', 'much is worth the wait')
    isReady = true
    assert.deepEqual([both.carrier(BOB, whole), await take(both)], ['tls', 'tls0 tls1 '])
  })

  test('gives way when it cannot be entered, and is tried again after a while', async () => {
    for (const code of ['peer-unreachable', 'denied'] as const) {
      const clock = new TestClock()
      const shut = fallbackSource(source('tls', { code, after: 0 }), source('stream'), clock)
      assert.equal(shut.carrier(BOB), 'tls')
      assert.equal(await take(shut), 'stream0 stream1 ')
      assert.equal(shut.carrier(BOB), 'stream')
      clock.advance(LIMITS.bulkAvoidMs)
      assert.equal(shut.carrier(BOB), 'tls')
    }
  })

  test('leaves the rest of a broken answer to the sure one, and more than that when two break one after the other', async () => {
    const clock = new TestClock()
    const asked: (readonly [offset: number, length: number])[] = []
    const sure: BlobSource = {
      carrier: () => 'stream',
      async *read({ offset, length }) {
        asked.push([offset, length])
        yield content.subarray(offset, offset + length)
      },
    }
    let isBroken = false
    const quick: BlobSource = {
      carrier: () => 'tls',
      async *read() {
        yield content.subarray(0, 3)
        if (isBroken) throw new GgenError('peer-unreachable', 'tls broke')
        yield content.subarray(3)
      },
    }
    const both = fallbackSource(quick, sure, clock)
    assert.equal(await take(both), 'content')
    isBroken = true
    assert.equal(await take(both), 'content')
    assert.deepEqual([both.carrier(BOB), asked.splice(0)], ['tls', [[3, 4]]])
    assert.equal(await take(both), 'content')
    assert.deepEqual([both.carrier(BOB), asked.splice(0)], ['stream', [[3, 4]]])
    assert.equal(await take(both), 'content')
    assert.deepEqual(asked, [[0, 7]])
    clock.advance(LIMITS.bulkAvoidMs)
    assert.equal(both.carrier(BOB), 'tls')
  })

  test('does not ask the sure one for what it would answer in the same way', async () => {
    const clock = new TestClock()
    for (const code of ['blob-not-found', 'frame-invalid', 'timeout', 'too-busy'] as const) {
      for (const after of [0, 1]) await assert.rejects(take(fallbackSource(source('tls', { code, after }), source('stream'), clock)), { code })
    }
  })
})
