import { LIMITS, parseMultiaddr, peerOfMultiaddr } from '#core'
import { until } from '#testing'
import assert from 'node:assert/strict'
import { it } from 'node:test'
import { changesOf, hasCode, type NetworkLab, sees, soon } from './network-lab.conformance.ts'
import { PROTOCOLS } from './network.ts'

/** Peers that come, stay and go. */
export const peersConformance = (openLab: () => Promise<NetworkLab>): void => {
  it('shows a dialled peer on both sides and tells both', async () => {
    await using lab = await openLab()
    const [alice, bob] = [await lab.node(), await lab.node()]
    const [ofAlice, ofBob] = [changesOf(alice), changesOf(bob)]
    const [address] = bob.addresses()
    assert(address !== undefined)
    assert.equal(peerOfMultiaddr(address), bob.self)
    assert.equal(await alice.dial(address, soon()), bob.self)
    const [peer] = alice.peers()
    assert.deepEqual([peer?.peer, peer?.address, peer?.direction], [bob.self, address, 'outbound'])
    assert.deepEqual([alice.addressOf(bob.self), alice.addressOf(alice.self)], [address, undefined])
    assert(PROTOCOLS.every((protocol) => peer?.protocols.includes(protocol)))
    await until('bob sees alice', () => sees(bob, alice.self))
    assert.equal(bob.peers()[0]?.direction, 'inbound')
    assert.deepEqual(ofAlice.map(({ type, peer: who }) => [type, who]), [['connected', bob.self]])
    assert.deepEqual(ofBob.map(({ type, peer: who }) => [type, who]), [['connected', alice.self]])
  })

  it('can ask a peer as soon as it is told of it', async () => {
    await using lab = await openLab()
    const [alice, bob] = [await lab.node(), await lab.node()]
    alice.answer('/ggen/have/1', async (question) => question)
    const answered = new Promise<Uint8Array>((resolve, reject) => {
      bob.onPeer(({ peer }) => void bob.ask(peer, '/ggen/have/1', Uint8Array.of(7), soon()).then(resolve, reject))
    })
    await lab.connect(alice, bob)
    assert.deepEqual(await answered, Uint8Array.of(7))
  })

  it('dials the same peer again without a second connection or event', async () => {
    await using lab = await openLab()
    const [alice, bob] = [await lab.node(), await lab.node()]
    const changes = changesOf(alice)
    await lab.connect(alice, bob)
    await lab.connect(alice, bob)
    assert.equal(alice.peers().length, 1)
    assert.equal(changes.length, 1)
  })

  it('tells when a peer goes, and forgets it', async () => {
    await using lab = await openLab()
    const [alice, bob] = [await lab.node(), await lab.node()]
    await lab.connect(alice, bob)
    const changes = changesOf(alice)
    await bob[Symbol.asyncDispose]()
    await until('alice notices', () => changes.length > 0)
    assert.deepEqual(changes.map(({ type, peer }) => [type, peer]), [['disconnected', bob.self]])
    assert.deepEqual(alice.peers(), [])
  })

  it('stops telling a listener that was disposed of', async () => {
    await using lab = await openLab()
    const [alice, bob] = [await lab.node(), await lab.node()]
    let calls = 0
    alice.onPeer(() => (calls += 1))[Symbol.dispose]()
    await lab.connect(alice, bob)
    assert.equal(calls, 0)
  })

  it('limits the listeners', async () => {
    await using lab = await openLab()
    const alice = await lab.node()
    for (let count = 0; count < LIMITS.eventListeners; count += 1) alice.onPeer(() => undefined)
    assert.throws(() => alice.onPeer(() => undefined), hasCode('too-busy'))
  })

  it('says that a peer which is gone cannot be reached', async () => {
    await using lab = await openLab()
    const [alice, bob] = [await lab.node(), await lab.node()]
    const [address] = bob.addresses()
    assert(address !== undefined)
    await bob[Symbol.asyncDispose]()
    await assert.rejects(alice.dial(address, soon()), hasCode('peer-unreachable'))
  })

  it('refuses to dial itself', async () => {
    await using lab = await openLab()
    const alice = await lab.node()
    const [address] = alice.addresses()
    assert(address !== undefined)
    await assert.rejects(alice.dial(address, soon()), hasCode('denied'))
  })

  it('gives up dialling when it is told to', async () => {
    await using lab = await openLab()
    const [alice, bob] = [await lab.node(), await lab.node()]
    const [address] = bob.addresses()
    assert(address !== undefined)
    await assert.rejects(alice.dial(address, AbortSignal.abort()), hasCode('cancelled'))
    assert.deepEqual(alice.peers(), [])
  })

  it('counts everybody whom it met once, also those who left', async () => {
    await using lab = await openLab()
    const [alice, bob, carol] = [await lab.node(), await lab.node(), await lab.node()]
    assert.equal(alice.stats().peersMet, 0)
    await lab.connect(alice, bob)
    await lab.connect(alice, carol)
    await bob[Symbol.asyncDispose]()
    await until('bob is gone', () => !sees(alice, bob.self))
    assert.deepEqual([alice.stats().peersMet, sees(alice, carol.self)], [2, true])
  })

  it('is quiet and empty after it left, and may be disposed of twice', async () => {
    await using lab = await openLab()
    const [alice, bob] = [await lab.node(), await lab.node()]
    await lab.connect(alice, bob)
    await alice[Symbol.asyncDispose]()
    await alice[Symbol.asyncDispose]()
    assert.deepEqual([alice.addresses(), alice.peers(), alice.stats().topics], [[], [], []])
    await assert.rejects(alice.ask(bob.self, '/ggen/have/1', Uint8Array.of(1), soon()), hasCode('cancelled'))
    await assert.rejects(alice.dial(bob.addresses()[0] ?? parseMultiaddr('/ip4/127.0.0.1/tcp/1'), soon()), hasCode('cancelled'))
    await assert.rejects(alice.announce(Uint8Array.of(1)), hasCode('cancelled'))
  })
}
