import assert from 'node:assert/strict'
import { test } from 'node:test'
import { LIMITS, type PeerId } from '#core'
import { takeover, worthTwice } from './end-game.ts'
import { ScheduleSource } from './schedule-source.ts'
import { setOf } from './schedule-simulator.conformance.ts'
import { SpanRead } from './span-read.ts'

const MIB = LIMITS.pieceBytes
/** All have given for a second when it is asked what to do. */
const NOW = 1000

/** A source that gives `rate` bytes per millisecond; busy with the pieces of `span`, of whose first it has given a tenth, or idle. */
const source = (name: string, rate: number, span?: readonly [first: number, end: number]): ScheduleSource => {
  const made = new ScheduleSource(name as PeerId, undefined)
  const read = new SpanRead({ id: 1, peer: made.peer, first: span?.[0] ?? 0, end: span?.[1] ?? 1, sizeBytes: 100 * MIB, startedAt: 0 })
  made.began(read, 0)
  for (let ms = 1; ms <= NOW; ms++) made.received(read, rate, ms)
  read.partBytes = 0.1 * MIB
  if (span === undefined) made.ended(read)
  return made
}

test('who has nothing to do takes as many of the last pieces as let both end together', () => {
  const [owner, idle, quick] = [source('owner', 10_000, [0, 11]), source('idle', 10_000), source('quick', 40_000)]
  assert.equal(takeover(idle, [owner, idle], NOW)?.from, 6)
  assert.equal(takeover(quick, [owner, quick], NOW)?.from, 3)
  assert.equal(takeover(source('slow', 500), [owner], NOW), undefined, 'not even one piece sooner')
})

test('the piece that is coming in stays where it is, and from partial holders only what they have is taken', () => {
  const idle = source('idle', 10_000)
  const silent = source('owner', 10_000, [0, 3])
  assert.deepEqual(takeover(idle, [silent], NOW + 3000)?.from, 1, 'nothing has come for three seconds')
  const owner = source('owner', 10_000, [0, 11])
  idle.pieces = setOf(100, [2, 8, 9])
  assert.equal(takeover(idle, [owner], NOW)?.from, 8)
  idle.pieces = setOf(100, [0])
  assert.equal(takeover(idle, [owner], NOW), undefined)
})

const spare = { now: NOW, spareBytes: MIB }

test('a piece is fetched twice only by who is clearly quicker, and the slowest first', () => {
  const [slow, slower] = [source('slow', 1000, [0, 1]), source('slower', 900, [1, 2])]
  assert.equal(worthTwice(source('idle', 1600), [slow, slower], spare), 1)
  assert.equal(worthTwice(source('idle', 1600), [slow], spare), undefined, '1.5 times')
  assert.equal(worthTwice(source('idle', 1600), [slower, source('other', 1500, [1, 2])], spare), undefined, 'another one already brings it')
})

test('what will have come in vain must be left to spare, unless the owner gives next to nothing', () => {
  const [idle, owner] = [source('idle', 10_000), source('owner', 1000, [0, 1])]
  const wasteBytes = 0.1 * MIB + 1000 * (idle.roundTripMs + MIB / 10_000)
  assert.equal(worthTwice(idle, [owner], { now: NOW, spareBytes: wasteBytes }), 0)
  assert.equal(worthTwice(idle, [owner], { now: NOW, spareBytes: wasteBytes - 1 }), undefined)
  assert.equal(worthTwice(idle, [owner], { now: NOW + 501, spareBytes: 0 }), 0)
})

test('of a source that was never tried more is hoped than of one that is silent', () => {
  const untried = new ScheduleSource('untried' as PeerId, undefined)
  const owner = source('owner', 1000, [0, 1])
  assert.equal(worthTwice(untried, [owner], { ...spare, now: NOW + 100 }), undefined)
  assert.equal(worthTwice(untried, [owner], { ...spare, now: NOW + 600 }), 0)
})
