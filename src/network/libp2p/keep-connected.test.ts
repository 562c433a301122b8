import { GgenError, LIMITS, parseMultiaddr, parsePeerId, type PeerId } from '#core'
import { TestClock } from '#testing'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { keepConnected } from './keep-connected.ts'
import { PEERS } from './settings.ts'

const address = parseMultiaddr('/ip4/192.0.2.1/tcp/1')
const peer = parsePeerId('12D3KooWDpJ7As7BWAwRMfu1VU2WCqNjvq387JEYKDBj4kx6nXTN')
const tick = (): Promise<unknown> => new Promise(setImmediate)

/** A peer that fails to be dialled or leaves when the test says so. */
const open = () => {
  const clock = new TestClock()
  const controller = new AbortController()
  const dials: number[] = []
  const failures: unknown[] = []
  let next: PromiseWithResolvers<PeerId> = Promise.withResolvers()
  let left: PromiseWithResolvers<void> = Promise.withResolvers()
  const context = {
    clock,
    fraction: () => 0.999_999,
    longestMs: () => LIMITS.reconnectMaxMs,
    dial: (): Promise<PeerId> => {
      dials.push(clock.monotonic())
      next = Promise.withResolvers()
      return next.promise
    },
    gone: (): Promise<void> => {
      left = Promise.withResolvers()
      return left.promise
    },
    onFailure: (_address: unknown, error: unknown) => failures.push(error),
  }
  const ended = assert.rejects(keepConnected(address, context, controller.signal), { message: 'over' })
  return {
    clock, dials, failures, ended,
    stop: () => controller.abort(new Error('over')),
    fail: async () => (next.reject(new GgenError('peer-unreachable', 'nobody there')), tick()),
    succeed: async () => (next.resolve(peer), tick()),
    leave: async () => (left.resolve(), tick()),
    advance: async (ms: number) => (clock.advance(ms), tick()),
  }
}

test('A peer that cannot be reached is tried again ever more patiently, and told of once', async () => {
  const { dials, failures, fail, advance, stop, ended } = open()
  for (const [index, waitMs] of [1000, 2000, 4000].entries()) {
    assert.equal(dials.length, index + 1)
    await fail()
    await advance(waitMs - 1)
    assert.equal(dials.length, index + 1)
    await advance(1)
  }
  assert.equal(failures.length, 1)
  stop()
  await fail()
  await ended
})

test('A peer that leaves after a while is dialled again soon', async () => {
  const { dials, succeed, leave, advance, stop, fail, ended } = open()
  await succeed()
  await advance(PEERS.steadyMs)
  assert.equal(dials.length, 1)
  await leave()
  await advance(LIMITS.reconnectFirstMs)
  assert.equal(dials.length, 2)
  stop()
  await fail()
  await ended
})

test('A peer that comes and goes at once is treated like one that fails', async () => {
  const { dials, succeed, leave, advance, stop, fail, ended } = open()
  for (const waitMs of [1000, 2000]) {
    await succeed()
    await leave()
    await advance(waitMs - 1)
    const before = dials.length
    await advance(1)
    assert.equal(dials.length, before + 1)
  }
  stop()
  await fail()
  await ended
})
