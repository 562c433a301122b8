import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createSecureContext } from 'node:tls'
import { LIMITS, parsePeerId } from '#core'
import type { BulkOffer } from '#bulk'
import { knownPeer, TestClock } from '#testing'
import { createCertificate } from './certificate.ts'
import { Routes } from './routes.ts'

const BOB = knownPeer('bob').id
const context = createSecureContext(createCertificate(knownPeer('alice').peerKey, Date.now()))
const routesAt = (clock: TestClock): Routes => new Routes({ context, clock, connectTimeoutMs: 1000 })
const offer = (change: Partial<BulkOffer> = {}): BulkOffer => ({ port: 4002, ticket: Buffer.from('ticket'), validMs: 60_000, ...change })

describe('the ways to peers', () => {
  test('are known as long as the ticket is good, a little less, and no longer than tickets may be', () => {
    const clock = new TestClock()
    const routes = routesAt(clock)
    assert.equal(routes.find(BOB), undefined)
    routes.learn(BOB, '192.0.2.1', offer())
    assert.equal(routes.find(BOB)?.host, '192.0.2.1')
    clock.advance(56_000)
    assert.ok(routes.find(BOB))
    clock.advance(1000)
    assert.equal(routes.find(BOB), undefined)
    routes.learn(BOB, '192.0.2.1', offer({ validMs: Number.MAX_SAFE_INTEGER }))
    clock.advance(LIMITS.bulkTicketMs)
    assert.equal(routes.find(BOB), undefined)
  })

  test('a renewed ticket keeps the connections, another address does not', () => {
    const routes = routesAt(new TestClock())
    routes.learn(BOB, '192.0.2.1', offer())
    const first = routes.find(BOB)
    routes.learn(BOB, '192.0.2.1', offer({ ticket: Buffer.from('renewed') }))
    assert.equal(routes.find(BOB)?.connections, first?.connections)
    assert.equal(String(routes.find(BOB)?.ticket), 'renewed')
    routes.learn(BOB, '192.0.2.1', offer({ port: 4003 }))
    assert.notEqual(routes.find(BOB)?.connections, first?.connections)
  })

  test('a refused ticket is forgotten, unless another came meanwhile', () => {
    const routes = routesAt(new TestClock())
    routes.learn(BOB, '192.0.2.1', offer())
    const old = routes.find(BOB) ?? assert.fail()
    routes.learn(BOB, '192.0.2.1', offer())
    routes.refused(BOB, old)
    const now = routes.find(BOB) ?? assert.fail()
    routes.refused(BOB, now)
    assert.equal(routes.find(BOB), undefined)
  })

  test('offers that cannot be right are ignored', () => {
    const routes = routesAt(new TestClock())
    const ports = [0, 65_536, 1.5, Number.NaN].map((port) => ({ port }))
    const wrong = [...ports, { ticket: new Uint8Array(LIMITS.bulkTicketBytes + 1) }, { validMs: Number.NaN }]
    for (const change of wrong) {
      routes.learn(BOB, '192.0.2.1', offer(change))
      assert.equal(routes.find(BOB), undefined, JSON.stringify(change))
    }
  })

  test('are bounded: the oldest goes', () => {
    const routes = routesAt(new TestClock())
    const peers = Array.from({ length: LIMITS.bulkRoutes + 1 }, (_, index) => parsePeerId(knownPeer(`peer ${index}`).id))
    for (const peer of peers) routes.learn(peer, '192.0.2.1', offer())
    assert.deepEqual(peers.map((peer) => routes.find(peer) !== undefined).indexOf(true), 1)
  })

  test('disposing ends all of them', async () => {
    const routes = routesAt(new TestClock())
    routes.learn(BOB, '192.0.2.1', offer())
    const before = routes.find(BOB) ?? assert.fail()
    routes.learn(BOB, '192.0.2.1', offer({ port: 4003 }))
    const after = routes.find(BOB) ?? assert.fail()
    routes[Symbol.dispose]()
    assert.equal(routes.find(BOB), undefined)
    await assert.rejects(after.connections.take(1000, new AbortController().signal), { code: 'cancelled' })
    assert.notEqual(before.connections, after.connections)
  })
})
