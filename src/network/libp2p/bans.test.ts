import assert from 'node:assert/strict'
import { test } from 'node:test'
import { banMs, Bans } from './bans.ts'

const minute = 60_000
const hour = 60 * minute

const strikeOut = (bans: Bans, { peer, host, nowMs = 0 }: { peer: string; host?: string; nowMs?: number }): boolean[] =>
  Array.from({ length: 5 }, () => bans.strike(peer, host, nowMs))

test('The fifth strike within ten minutes bans a peer for an hour', () => {
  const bans = new Bans()
  assert.deepEqual(strikeOut(bans, { peer: 'eve' }), [false, false, false, false, true])
  assert.deepEqual([bans.covers('eve', hour - 1), bans.covers('eve', hour), bans.covers('bob', 0)], [true, false, false])
})

test('Strikes that are far apart do not add up', () => {
  const bans = new Bans()
  for (let count = 0; count < 50; count += 1) assert.equal(bans.strike('bob', undefined, count * 3 * minute), false)
})

test('Every further ban lasts twice as long, up to a week', () => {
  const bans = new Bans()
  strikeOut(bans, { peer: 'eve' })
  strikeOut(bans, { peer: 'eve', nowMs: 2 * hour })
  assert.deepEqual([bans.covers('eve', 4 * hour - 1), bans.covers('eve', 4 * hour)], [true, false])
  assert.equal(banMs({ firstMs: hour, maxMs: 7 * 24 * hour }, 100), 7 * 24 * hour)
})

test('The second banned peer of a host bans the host, the fourth banned host its prefix', () => {
  const bans = new Bans()
  for (const host of ['8.8.8.1', '8.8.8.2', '8.8.8.3', '8.8.8.4']) {
    strikeOut(bans, { peer: `a of ${host}`, host })
    assert(!bans.coversHost(host, 1))
    strikeOut(bans, { peer: `b of ${host}`, host })
    assert(bans.coversHost(host, 1))
  }
  assert(bans.coversHost('8.8.8.99', 1))
  assert(!bans.coversHost('8.8.9.1', 1))
  assert(!bans.coversHost('8.8.8.99', hour))
})

test('The same peer twice is not two peers of a host', () => {
  const bans = new Bans()
  strikeOut(bans, { peer: 'eve', host: '8.8.8.1' })
  strikeOut(bans, { peer: 'eve', host: '8.8.8.1', nowMs: 2 * hour })
  assert(!bans.coversHost('8.8.8.1', 2 * hour + 1))
})

test('Loopback is never banned', () => {
  const bans = new Bans()
  for (const peer of ['a', 'b', 'c']) strikeOut(bans, { peer, host: '127.0.0.1' })
  assert(bans.covers('a', 1) && !bans.coversHost('127.0.0.1', 1))
})

test('A proven lie bans at once, and again only when the ban is over', () => {
  const bans = new Bans()
  assert.equal(bans.ban('eve', '8.8.8.1', 0), true)
  assert.equal(bans.ban('eve', '8.8.8.1', 1), false)
  assert.deepEqual([bans.covers('eve', hour - 1), bans.covers('eve', hour), bans.coversHost('8.8.8.1', 1)], [true, false, false])
  assert.equal(bans.ban('mallory', '8.8.8.1', 2), true)
  assert(bans.coversHost('8.8.8.1', 2))
})
