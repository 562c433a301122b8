import { Events, type GgenEvent, parseBanSubject, parsePeerId } from '#core'
import { until } from '#testing'
import assert from 'node:assert/strict'
import { it } from 'node:test'
import { memoryAccessRecords } from './memory-access-records.ts'
import { bytes, hasCode, type NetworkLab, sees, soon, text } from './network-lab.conformance.ts'
import type { Network } from './network.ts'

const STRANGER = parsePeerId('12D3KooWDpJ7As7BWAwRMfu1VU2WCqNjvq387JEYKDBj4kx6nXTN')
const PROTOCOL = '/ggen/blob/1'

/** Alice knows the other two, and who she banned is written down. */
interface Trio {
  readonly alice: Network
  readonly bob: Network
  readonly carol: Network
  readonly banned: readonly GgenEvent[]
}

/** Peers that were caught lying. */
export const bansConformance = (openLab: () => Promise<NetworkLab>): void => {
  const trioOf = async (lab: NetworkLab): Promise<Trio> => {
    const events = new Events()
    const banned: GgenEvent[] = []
    events.subscribe((event) => event.type === 'peer-banned' && banned.push(event))
    const [alice, bob, carol] = [await lab.node({ events }), await lab.node(), await lab.node()]
    for (const node of [alice, bob, carol]) node.answer(PROTOCOL, async (question) => question)
    await lab.connect(alice, bob)
    await lab.connect(carol, alice)
    await until('all see each other', () => sees(alice, carol.self) && sees(alice, bob.self))
    return { alice, bob, carol, banned }
  }

  it('cuts a banned peer off at once, in both directions, and nobody else', async () => {
    await using lab = await openLab()
    const { alice, bob, carol, banned } = await trioOf(lab)
    assert(alice.admits(bob.self))
    alice.ban(bob.self, 'wrong bytes')
    assert(!alice.admits(bob.self))
    await until('both notice', () => !sees(alice, bob.self) && !sees(bob, alice.self))
    await assert.rejects(alice.ask(bob.self, PROTOCOL, bytes('x'), soon()), hasCode('peer-unreachable'))
    await assert.rejects(bob.ask(alice.self, PROTOCOL, bytes('x'), soon()), hasCode('peer-unreachable'))
    assert.equal(text(await alice.ask(carol.self, PROTOCOL, bytes('x'), soon())), 'x')
    assert(alice.admits(carol.self) && sees(alice, carol.self))
    assert.deepEqual(banned, [{ type: 'peer-banned', peer: bob.self, reason: 'wrong bytes' }])
  })

  it('lets a banned peer neither dial nor be dialled', async () => {
    await using lab = await openLab()
    const { alice, bob } = await trioOf(lab)
    alice.ban(bob.self, 'wrong bytes')
    await until('bob notices', () => !sees(bob, alice.self))
    const [ofAlice, ofBob] = [alice.addresses()[0], bob.addresses()[0]]
    assert(ofAlice !== undefined && ofBob !== undefined)
    await assert.rejects(alice.dial(ofBob, soon()), hasCode('denied'))
    await assert.rejects(bob.dial(ofAlice, soon()), hasCode('peer-unreachable', 'denied'))
    assert(!sees(alice, bob.self))
  })

  it('ends the questions that are under way to a banned peer', async () => {
    await using lab = await openLab()
    const [alice, bob] = [await lab.node(), await lab.node()]
    const asked = Promise.withResolvers<void>()
    bob.answer(PROTOCOL, () => {
      asked.resolve()
      return new Promise(() => undefined)
    })
    await lab.connect(alice, bob)
    const rejected = assert.rejects(alice.ask(bob.self, PROTOCOL, bytes('x'), soon()), hasCode('peer-unreachable'))
    await asked.promise
    alice.ban(bob.self, 'wrong bytes')
    await rejected
  })

  it('bans once, strangers too, and never itself', async () => {
    await using lab = await openLab()
    const { alice, bob, banned } = await trioOf(lab)
    for (const reason of ['first', 'second']) for (const peer of [STRANGER, alice.self]) alice.ban(peer, reason)
    assert.deepEqual(banned, [{ type: 'peer-banned', peer: STRANGER, reason: 'first' }])
    assert.deepEqual([STRANGER, alice.self, bob.self].map((peer) => alice.admits(peer)), [false, true, true])
  })

  it('admits peers from addresses that are not banned, and from nowhere else', async () => {
    await using lab = await openLab()
    const { alice, bob } = await trioOf(lab)
    alice.ban(STRANGER, 'wrong bytes')
    for (const host of ['127.0.0.1', '10.0.0.1', '8.8.8.8', '::1', '2001:db8::1', '::ffff:8.8.8.8']) {
      assert.deepEqual([alice.admits(bob.self, host), alice.admits(STRANGER, host)], [true, false], host)
    }
    for (const host of ['', 'example.org', '/tmp/socket']) assert(!alice.admits(bob.self, host), host)
  })

  it('remembers its bans and those of the user when it comes again', async () => {
    await using lab = await openLab()
    const access = memoryAccessRecords()
    const former = await lab.node({ access })
    former.ban(STRANGER, 'wrong bytes')
    former.access.ban(parseBanSubject('8.8.8.8'), { reason: 'spam', forMs: 60_000 })
    await former[Symbol.asyncDispose]()
    const alice = await lab.node({ access })
    const bob = await lab.node()
    assert.deepEqual([alice.admits(STRANGER), alice.admits(bob.self, '8.8.8.8'), alice.admits(bob.self, '8.8.4.4')], [false, false, true])
    const kept = alice.access.bans()
    assert.deepEqual(kept.map(({ subject, by, reason }) => [subject, by, reason]), [[STRANGER, 'node', 'wrong bytes'], ['8.8.8.8', 'user', 'spam']])
    assert(kept.every(({ remainingMs, forMs }) => remainingMs !== undefined && forMs !== undefined && remainingMs <= forMs))
  })

  it('cuts off whom the user bans, until the user lifts that', async () => {
    await using lab = await openLab()
    const { alice, bob, banned } = await trioOf(lab)
    assert.equal(alice.access.ban(bob.self, { reason: 'no more' }).by, 'user')
    await until('both notice', () => !sees(alice, bob.self) && !sees(bob, alice.self))
    assert.deepEqual(banned, [{ type: 'peer-banned', peer: bob.self, reason: 'no more' }])
    alice.access.unban(bob.self)
    assert.deepEqual(alice.access.bans(), [])
    await lab.connect(alice, bob)
    assert(sees(alice, bob.self))
    assert.throws(() => alice.access.unban(bob.self), hasCode('not-listed'))
    assert.throws(() => alice.access.ban(alice.self, { reason: 'x' }), hasCode('denied'))
  })

  it('never bans whom the user allows, until the user says otherwise', async () => {
    await using lab = await openLab()
    const { alice, bob } = await trioOf(lab)
    alice.access.allow(bob.self)
    alice.ban(bob.self, 'wrong bytes')
    assert(alice.admits(bob.self) && sees(alice, bob.self))
    assert.equal(text(await alice.ask(bob.self, PROTOCOL, bytes('x'), soon())), 'x')
    alice.access.disallow(bob.self)
    assert.throws(() => alice.access.disallow(bob.self), hasCode('not-listed'))
    alice.ban(bob.self, 'wrong bytes')
    assert(!alice.admits(bob.self))
  })
}
