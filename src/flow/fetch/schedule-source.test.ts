import assert from 'node:assert/strict'
import { test } from 'node:test'
import { LIMITS, type PeerId } from '#core'
import { ScheduleSource } from './schedule-source.ts'
import { SpanRead } from './span-read.ts'

const MIB = LIMITS.pieceBytes
const peer = 'ada' as PeerId
const reading = (end = 4, startedAt = 0): SpanRead => new SpanRead({ id: 1, peer, first: 0, end, sizeBytes: 100 * MIB, startedAt })

test('what a read still owes is exact, also at the end of the blob', () => {
  const read = new SpanRead({ id: 1, peer, first: 1, end: 3, sizeBytes: 2 * MIB + 10, startedAt: 0 })
  read.partBytes = 1000
  assert.deepEqual([read.owedBytes, read.pieceOwedBytes], [MIB - 1000 + 10, MIB - 1000])
  assert.equal(read.firstUnbegun, 1)
  read.hasBegun = true
  assert.equal(read.firstUnbegun, 2)
})

test('the rate is what came lately, and falls while nothing comes', () => {
  const source = new ScheduleSource(peer, undefined)
  const read = reading()
  source.began(read, 0)
  assert.equal(source.rate(50), undefined)
  for (let ms = 10; ms <= 1000; ms += 10) source.received(read, 10_000, ms)
  assert.ok(Math.abs((source.rate(1000) ?? 0) - 1000) < 20)
  for (let ms = 1010; ms <= 3000; ms += 10) source.received(read, 50_000, ms)
  assert.ok(Math.abs((source.rate(3000) ?? 0) - 5000) < 100)
  assert.ok((source.rate(4000) ?? 0) < 500)
})

test('the next request is sent before the bytes of the last one run out, a round trip ahead', () => {
  const source = new ScheduleSource(peer, undefined)
  const read = reading(2)
  assert.ok(source.isReady(0))
  source.began(read, 0)
  assert.equal(source.isReady(0), false, 'not before anything is known of it')
  for (let ms = 40; ms <= 100; ms++) source.received(read, 10_000, ms)
  assert.equal(source.roundTripMs, 40)
  assert.equal(source.isReady(100), false)
  read.next = 1
  read.partBytes = MIB - 300_000
  assert.ok(source.isReady(100))
  source.began(reading(3), 100)
  assert.equal(source.isReady(100), false, 'two side by side are enough')
})

test('silence is several usual gaps, between half a second and two and a half, and no fault of whom the reader lets wait', () => {
  const source = new ScheduleSource(peer, undefined)
  const read = reading()
  source.began(read, 0)
  assert.equal(source.isSilent(500), false)
  assert.ok(source.isSilent(501))
  source.received(read, 1, 400)
  assert.equal(source.isSilent(2000), false, 'four times 400 ms')
  assert.ok(source.isSilent(2001))
  read.isHeld = true
  source.measure(2001)
  assert.equal(source.isSilent(2500), false)
})

test('who gives less than the least for 15 seconds has stalled', () => {
  const source = new ScheduleSource(peer, undefined)
  const read = reading(100)
  const [enough, perMs] = [LIMITS.stallTimeoutMs, LIMITS.stallBytesPerSecond / 1000]
  source.began(read, 0)
  for (let ms = 100; ms <= 2 * enough; ms += 100) {
    source.received(read, Math.ceil(perMs * 101), ms)
    assert.equal(source.isStalled(ms), false)
  }
  const slow = new ScheduleSource(peer, undefined)
  slow.began(read, 0)
  for (let ms = 100; ms < enough; ms += 100) {
    slow.received(read, Math.floor(perMs * 99), ms)
    assert.equal(slow.isStalled(ms), false)
  }
  assert.ok(slow.isStalled(enough))
})

test('too busy: with a read at hand one less side by side, without any later and later', () => {
  const source = new ScheduleSource(peer, undefined)
  const read = reading()
  source.began(read, 0)
  assert.ok(source.refused(0))
  assert.equal(source.notBefore, 0)
  source.ended(read)
  const waits = Array.from({ length: 8 }, () => source.refused(0) && source.notBefore)
  assert.deepEqual(waits, [250, 500, 1000, 2000, 4000, 8000, 8000, 8000])
  assert.equal(source.refused(0), false)
})

test('a connection may break again after something good came', () => {
  const source = new ScheduleSource(peer, undefined)
  assert.equal(source.broke(0), false)
  source.began(reading(), 0)
  source.gave(10)
  assert.ok(source.broke(20))
  assert.equal(source.broke(30), false)
})
