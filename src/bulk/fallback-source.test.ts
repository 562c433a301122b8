import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type ErrorCode, GgenError, LIMITS, parsePeerId } from '#core'
import { TestClock } from '#testing'
import { requestOf } from './blob-source.conformance.ts'
import type { BlobSource, Carrier } from './blob-source.ts'
import { fallbackSource } from './fallback-source.ts'

const BOB = parsePeerId('12D3KooWNvSZnPi3RrhrTwEY4LuuBeB6K6facKUCJcyWG1aoDd2p')
const never = new AbortController().signal
const content = Buffer.from('content')

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

const take = async (from: BlobSource): Promise<string> => Buffer.concat(await Array.fromAsync(from.read(requestOf(BOB, content), never))).toString()

describe('the quick source with a sure one behind it', () => {
  test('is used where it reaches the peer, else the sure one', async () => {
    const clock = new TestClock()
    const both = fallbackSource(source('tls'), source('stream'), clock)
    assert.deepEqual([both.carrier(BOB), await take(both)], ['tls', 'tls0 tls1 '])
    const one = fallbackSource(source(undefined), source('stream'), clock)
    assert.deepEqual([one.carrier(BOB), await take(one)], ['stream', 'stream0 stream1 '])
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

  test('gives way for the next read when its answers break one after the other, but not when the last one was whole', async () => {
    const clock = new TestClock()
    const breaking = source('tls', { code: 'peer-unreachable', after: 1 })
    let quick = source('tls')
    const both = fallbackSource({ carrier: () => 'tls', read: (request, signal) => quick.read(request, signal) }, source('stream'), clock)
    assert.equal(await take(both), 'tls0 tls1 ')
    quick = breaking
    await assert.rejects(take(both), { code: 'peer-unreachable' })
    assert.equal(both.carrier(BOB), 'tls')
    await assert.rejects(take(both), { code: 'peer-unreachable' })
    assert.equal(both.carrier(BOB), 'stream')
    assert.equal(await take(both), 'stream0 stream1 ')
    clock.advance(LIMITS.bulkAvoidMs)
    quick = source('tls')
    assert.equal(await take(both), 'tls0 tls1 ')
  })

  test('keeps to its word once bytes came, and for answers that the other way would give too', async () => {
    const clock = new TestClock()
    await assert.rejects(take(fallbackSource(source('tls', { code: 'peer-unreachable', after: 1 }), source('stream'), clock)), { code: 'peer-unreachable' })
    await assert.rejects(take(fallbackSource(source('tls', { code: 'blob-not-found', after: 0 }), source('stream'), clock)), { code: 'blob-not-found' })
    await assert.rejects(take(fallbackSource(source('tls', { code: 'frame-invalid', after: 0 }), source('stream'), clock)), { code: 'frame-invalid' })
  })
})
