import { type Anchor, LIMITS, parseMultiaddr, type PeerId } from '#core'
import { seeded } from '#testing'
import fc from 'fast-check'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { AnchorBook } from './anchor-book.ts'

const NOW = 1_800_000_000_000
const DAY = LIMITS.anchorAgeMs
const { fraction } = seeded('anchors')
const addressOf = (network: number, host: number): Anchor['address'] => parseMultiaddr(`/ip4/8.${network}.0.${host}/tcp/4001`)
const anchor = (network: number, host: number, ageMs: number): Anchor =>
  ({ peer: `peer ${network}.${host}` as PeerId, address: addressOf(network, host), since: NOW - ageMs, seen: NOW })
const nobody = new Set<PeerId>()

test('Anchors are peers of different networks that are known for a day, at random', () => {
  const book = new AnchorBook([...Array.from({ length: 20 }, (_, index) => anchor(index % 5, index, DAY)), anchor(9, 1, DAY - 1)], NOW)
  const chosen = Array.from({ length: 50 }, () => book.missing(nobody, NOW, fraction))
  for (const each of chosen) {
    assert.equal(each.length, LIMITS.anchors)
    assert.equal(new Set(each.map(({ address }) => address.split('.')[1])).size, LIMITS.anchors)
    assert(each.every(({ peer }) => !peer.startsWith('peer 9')))
  }
  assert(new Set(chosen.flat().map(({ peer }) => peer)).size > 10)
  assert(book.missing(nobody, NOW + 1, () => 0).length === LIMITS.anchors)
})

test('Who is connected counts, once for each network, and only the others are missing', () => {
  const book = new AnchorBook([anchor(1, 1, DAY), anchor(1, 2, DAY), anchor(2, 1, DAY), anchor(3, 1, DAY), anchor(4, 1, 0)], NOW)
  const connected = new Set(['peer 1.1', 'peer 1.2', 'peer 4.1'] as PeerId[])
  assert.equal(book.among(connected, NOW).length, 1)
  assert.deepEqual(book.missing(connected, NOW, fraction).map(({ peer }) => peer).sort(), ['peer 2.1', 'peer 3.1'])
  assert.deepEqual(book.missing(new Set([...connected, 'peer 2.1', 'peer 3.1'] as PeerId[]), NOW, fraction), [])
})

test('Standing is kept at the same address only, and grows with time', () => {
  const book = new AnchorBook([], NOW)
  const peer = 'peer' as PeerId
  assert(book.meet(peer, addressOf(1, 1), NOW) && !book.meet(peer, addressOf(1, 1), NOW + DAY))
  assert.deepEqual(book.missing(nobody, NOW + DAY, fraction).map((each) => each.peer), [peer])
  assert(book.meet(peer, addressOf(1, 2), NOW + DAY))
  assert.deepEqual(book.missing(nobody, NOW + DAY, fraction), [])
})

test('A clock that was wrong makes nobody an anchor early, and who was gone for a month is forgotten', () => {
  const book = new AnchorBook([{ ...anchor(1, 1, -5 * DAY), seen: NOW + DAY }, { ...anchor(2, 1, 90 * DAY), seen: NOW - LIMITS.anchorMemoryMs }], NOW)
  assert.deepEqual(book.list(), [{ ...anchor(1, 1, 0), seen: NOW }])
})

test('A flood of new peers of few networks pushes out none of the others', () => {
  const old = Array.from({ length: 20 }, (_, index) => anchor(index, 1, 10 * DAY))
  const book = new AnchorBook(old, NOW)
  for (let index = 0; index < 1000; index += 1) {
    book.meet(`evil ${index}` as PeerId, parseMultiaddr(`/ip4/9.${index % 4}.1.${index % 250}/tcp/${index + 1}`), NOW)
  }
  const peers = new Set(book.list().map(({ peer }) => peer))
  assert(old.every(({ peer }) => peers.has(peer)))
  assert.equal(peers.size, LIMITS.knownAnchors)
})

test('Whatever is met, the book is bounded, and what is missing is old enough and of networks that are not there', () => {
  const step = fc.record({ peer: fc.nat(300), network: fc.nat(40), waitMs: fc.nat(DAY) })
  fc.assert(fc.property(fc.array(step, { maxLength: 400 }), (steps) => {
    const book = new AnchorBook([], NOW)
    let now = NOW
    for (const { peer, network, waitMs } of steps) {
      now += waitMs % 11 === 0 ? waitMs : 0
      book.meet(`${peer}` as PeerId, addressOf(network, 1), now)
    }
    const missing = book.missing(nobody, now, fraction)
    assert(book.list().length <= LIMITS.knownAnchors && missing.length <= LIMITS.anchors)
    assert(missing.every(({ since }) => now - since >= DAY))
    assert.equal(new Set(missing.map(({ address }) => address.split('.')[1])).size, missing.length)
  }), { numRuns: 60 })
})
