import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type Ban, isGgenError, LIMITS, parseBanSubject, type PeerId } from '#core'
import { banMs, Bans, type Moment } from './bans.ts'

const minute = 60_000
const hour = 60 * minute
const year = 365 * 24 * hour
const START = 1_800_000_000_000

const at = (ms: number, jumpMs = 0): Moment => ({ wallMs: START + ms + jumpMs, monotonicMs: ms })
const peer = (name: string): PeerId => name as PeerId
const strikeOut = (bans: Bans, who: { readonly peer: string; readonly host?: string; readonly nowMs?: number }): (readonly Ban[])[] =>
  Array.from({ length: 5 }, () => bans.strike({ peer: peer(who.peer), host: who.host }, 'a broken frame', at(who.nowMs ?? 0)))

test('The fifth strike within ten minutes bans a peer for an hour', () => {
  const bans = new Bans()
  const made = strikeOut(bans, { peer: 'eve' })
  assert.deepEqual(made.map(({ length }) => length), [0, 0, 0, 0, 1])
  assert.deepEqual(made[4], [{ subject: 'eve', reason: 'a broken frame', by: 'node', since: START, forMs: hour, count: 1 }])
  assert.deepEqual([bans.of('eve', hour - 1) !== undefined, bans.of('eve', hour), bans.of('bob', 0)], [true, undefined, undefined])
})

test('Strikes that are far apart do not add up', () => {
  const bans = new Bans()
  for (let count = 0; count < 50; count += 1) assert.deepEqual(bans.strike({ peer: peer('bob') }, 'x', at(count * 3 * minute)), [])
})

test('Every further ban lasts twice as long, up to a week, until the one before is long forgotten', () => {
  const bans = new Bans()
  strikeOut(bans, { peer: 'eve' })
  strikeOut(bans, { peer: 'eve', nowMs: 2 * hour })
  assert.deepEqual([bans.of('eve', 4 * hour - 1)?.count, bans.of('eve', 4 * hour)], [2, undefined])
  const later = 4 * hour + LIMITS.banMemoryMs
  strikeOut(bans, { peer: 'eve', nowMs: later })
  assert.deepEqual([bans.of('eve', later)?.count, bans.of('eve', later + hour)], [1, undefined])
  assert.equal(banMs({ firstMs: hour, maxMs: 7 * 24 * hour }, 100), 7 * 24 * hour)
})

test('The second banned peer of a host bans the host, the fourth banned host its prefix', () => {
  const bans = new Bans()
  for (const host of ['8.8.8.1', '8.8.8.2', '8.8.8.3', '8.8.8.4']) {
    strikeOut(bans, { peer: `a of ${host}`, host })
    assert.equal(bans.ofHost(host, 1), undefined)
    const made = strikeOut(bans, { peer: `b of ${host}`, host }).flat().map(({ subject }) => String(subject))
    assert.deepEqual(made.slice(0, 2), [`b of ${host}`, host])
    assert.equal(bans.ofHost(host, 1)?.subject, host)
  }
  assert.equal(bans.ofHost('8.8.8.99', 1)?.subject, '8.8.8.0/24')
  assert.deepEqual([bans.ofHost('8.8.9.1', 1), bans.ofHost('8.8.8.99', hour)], [undefined, undefined])
})

test('The same peer twice is not two peers of a host', () => {
  const bans = new Bans()
  strikeOut(bans, { peer: 'eve', host: '8.8.8.1' })
  strikeOut(bans, { peer: 'eve', host: '8.8.8.1', nowMs: 2 * hour })
  assert.equal(bans.ofHost('8.8.8.1', 2 * hour + 1), undefined)
})

test('A proven lie bans at once, and again only when the ban is over', () => {
  const bans = new Bans()
  const eve = { peer: peer('eve'), host: '8.8.8.1' }
  assert.equal(bans.ban(eve, 'wrong bytes', at(0)).length, 1)
  assert.equal(bans.ban(eve, 'wrong bytes', at(1)).length, 0)
  assert.deepEqual([bans.of('eve', hour - 1)?.reason, bans.of('eve', hour), bans.ofHost('8.8.8.1', 1)], ['wrong bytes', undefined, undefined])
  assert.equal(bans.ban({ peer: peer('mallory'), host: '8.8.8.1' }, 'wrong bytes', at(2)).length, 2)
})

test('A user bans for a while or for good, in place of what the node found, and what the node finds out changes nothing of that', () => {
  const bans = new Bans()
  const decree = (subject: string, forMs?: number): void =>
    bans.enforce(bans.decree(parseBanSubject(subject), { reason: 'spam', ...(forMs !== undefined && { forMs }) }, at(0)), at(0))
  decree('8.8.8.1')
  decree('9.9.9.0/24', minute)
  for (const name of ['a', 'b', 'c']) bans.ban({ peer: peer(name), host: '8.8.8.1' }, 'lie', at(1))
  assert.deepEqual([bans.ofHost('8.8.8.1', year)?.by, bans.ofHost('9.9.9.9', minute - 1)?.by, bans.ofHost('9.9.9.9', minute)], ['user', 'user', undefined])
  assert.deepEqual(bans.list(minute).map(({ subject, remainingMs }) => [String(subject), remainingMs]), [
    ['8.8.8.1', undefined], ['a', hour - minute + 1], ['b', hour - minute + 1], ['c', hour - minute + 1],
  ])
  assert.equal(bans.lift(parseBanSubject('8.8.8.1'), minute), true)
  assert.equal(bans.lift(parseBanSubject('8.8.8.1'), minute), false)
  assert.equal(bans.ofHost('8.8.8.1', minute), undefined)
})

test('A user has so many bans, and the node forgets its own oldest first', () => {
  const bans = new Bans()
  const decreed = (index: number): Ban => bans.decree(parseBanSubject(`10.${index >> 8}.${index & 255}.1`), { reason: 'x' }, at(0))
  for (let index = 0; index < LIMITS.userBans; index += 1) bans.enforce(decreed(index), at(0))
  assert.throws(() => decreed(LIMITS.userBans), (error) => isGgenError(error, 'too-busy'))
  bans.enforce(decreed(0), at(0))
  for (let index = 0; index <= LIMITS.bans; index += 1) bans.ban({ peer: peer(`${index}`) }, 'x', at(0))
  const held = bans.list(0)
  assert.deepEqual([held.length, held.filter(({ by }) => by === 'user').length], [LIMITS.bans, LIMITS.userBans])
  assert.deepEqual([bans.of('0', 0), bans.of(`${LIMITS.bans}`, 0)?.count], [undefined, 1])
})

/** A peer is banned at 0; the node stops, and starts again after `restedMs` with a clock that is `jumpMs` off. */
const resumed = (restedMs: number, jumpMs: number): { readonly bans: Bans; readonly now: Moment; readonly corrected: readonly Ban[] } => {
  const [ban] = new Bans().ban({ peer: peer('eve') }, 'lie', at(0)) as [Ban]
  const bans = new Bans()
  // The monotonic clock of another process begins anew.
  const now = { wallMs: START + restedMs + jumpMs, monotonicMs: 50 }
  return { bans, now, corrected: bans.resume([ban], now) }
}

test('A restart changes nothing of how long a ban lasts', () => {
  const { bans, corrected } = resumed(20 * minute, 0)
  assert.deepEqual([bans.of('eve', 50 + 40 * minute - 1)?.count, bans.of('eve', 50 + 40 * minute), corrected], [1, undefined, []])
})

test('A clock that falls back by a year keeps a ban for its span and no longer, and the next restart counts from there', () => {
  const { bans, now, corrected } = resumed(20 * minute, -year)
  assert.deepEqual([bans.of('eve', 50 + hour - 1)?.count, bans.of('eve', 50 + hour)], [1, undefined])
  assert.deepEqual(corrected.map(({ since }) => since), [now.wallMs])
  const again = new Bans()
  assert.deepEqual(again.resume(corrected, { wallMs: now.wallMs + 59 * minute, monotonicMs: 7 }), [])
  assert.deepEqual([again.of('eve', 7 + minute - 1)?.count, again.of('eve', 7 + minute)], [1, undefined])
})

test('A clock that jumps ahead by a year ends a ban early, and what comes after counts as the first', () => {
  const { bans, now } = resumed(20 * minute, year)
  assert.equal(bans.of('eve', now.monotonicMs), undefined)
  const [next] = bans.ban({ peer: peer('eve') }, 'lie', now)
  assert.equal(next?.count, 1)
})

test('Whatever the clock does between runs, nobody is banned who was not, and nobody for longer than the span from the last start', () => {
  const step = fc.record({ restMs: fc.nat(2 * hour), jumpMs: fc.integer({ min: -2 * year, max: 2 * year }) })
  fc.assert(fc.property(fc.array(step, { maxLength: 8 }), (steps) => {
    let kept: readonly Ban[] = [...new Bans().ban({ peer: peer('eve') }, 'lie', at(0))]
    let wallMs = START
    for (const { restMs, jumpMs } of steps) {
      wallMs += restMs + jumpMs
      const bans = new Bans()
      const corrected = bans.resume(kept, { wallMs, monotonicMs: 0 })
      kept = corrected.length > 0 ? corrected : kept
      assert.equal(bans.of('eve', hour), undefined)
      assert.equal(bans.of('bob', 0), undefined)
    }
  }))
})

test('As many strikes as were chosen ban a peer', () => {
  const bans = new Bans(2)
  assert.deepEqual(strikeOut(bans, { peer: 'eve' }).map(({ length }) => length), [0, 1, 0, 0, 0])
})
