import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { Events, GgenError, type GgenEvent, LIMITS } from '#core'
import { knownPeer, realClock, seeded, TestClock, until } from '#testing'
import { blobSourceConformance, requestOf, shelfOf } from '../blob-source.conformance.ts'
import { openTlsChannel } from './open-tls-channel.ts'
import { EMPTY_SHELF, introduce, openFor } from './tls-scene.conformance.ts'

const never = new AbortController().signal
const ALICE = knownPeer('alice')
const BOB = knownPeer('bob')

blobSourceConformance('the channel over TLS', 'tls', async (shelf) => {
  const alice = await openFor(ALICE)
  const bob = await openFor(BOB, { shelf })
  introduce([ALICE, alice], [BOB, bob])
  return {
    source: alice,
    peer: BOB.id,
    [Symbol.asyncDispose]: async () => {
      await alice[Symbol.asyncDispose]()
      await bob[Symbol.asyncDispose]()
    },
  }
})

const content = seeded('open').bytes(1000)

describe('the channel over TLS', () => {
  test('says what it cannot do: take a port twice, listen elsewhere, use a key of another kind', async () => {
    await using bob = await openFor(BOB)
    const port = bob.offer(ALICE.id)?.port ?? assert.fail()
    await assert.rejects(openFor(ALICE, { listen: { host: '127.0.0.1', port } }), { code: 'port-in-use' })
    await assert.rejects(openFor(ALICE, { listen: { host: '192.0.2.1', port: 0 } }), { code: 'config-invalid' })
    await assert.rejects(openFor(ALICE, { peerKey: new Uint8Array(68) }), { code: 'config-invalid' })
  })

  test('reaches a peer as long as the ticket is good, and a new one brings it back', async () => {
    const clock = new TestClock()
    await using alice = await openFor(ALICE, { clock: { ...realClock, monotonic: () => clock.monotonic() } })
    await using bob = await openFor(BOB, { shelf: shelfOf(content) })
    assert.equal(alice.carrier(BOB.id), undefined)
    await assert.rejects(Array.fromAsync(alice.read(requestOf(BOB.id, content), never)), { code: 'peer-unreachable' })
    introduce([ALICE, alice], [BOB, bob])
    assert.equal(alice.carrier(BOB.id), 'tls')
    clock.advance(LIMITS.bulkTicketMs)
    assert.equal(alice.carrier(BOB.id), undefined)
    introduce([ALICE, alice], [BOB, bob])
    assert.equal(Buffer.concat(await Array.fromAsync(alice.read(requestOf(BOB.id, content), never))).length, 1000)
  })

  test('a giver whose own shelf breaks says so in its events, and goes on', async () => {
    const [events, heard] = [new Events(), [] as GgenEvent[]]
    events.subscribe((event) => heard.push(event))
    const shelf = shelfOf(content)
    let isBroken = true
    const look = async (digest: Parameters<typeof shelf.look>[0]): ReturnType<typeof shelf.look> => {
      if (isBroken) throw new GgenError('store-broken', 'the disk is gone')
      return shelf.look(digest)
    }
    await using alice = await openFor(ALICE)
    await using bob = await openFor(BOB, { shelf: { look, read: shelf.read.bind(shelf) }, events })
    introduce([ALICE, alice], [BOB, bob])
    await assert.rejects(Array.fromAsync(alice.read(requestOf(BOB.id, content), never)), { code: 'peer-unreachable' })
    assert.deepEqual(heard, [{ type: 'task-failed', task: 'give a blob', code: 'store-broken', message: 'the disk is gone' }])
    isBroken = false
    assert.equal(Buffer.concat(await Array.fromAsync(alice.read(requestOf(BOB.id, content), never))).length, 1000)
  })

  test('a ticket that the peer does not know any more is forgotten: it has to be asked for another', async () => {
    await using alice = await openFor(ALICE)
    await using bob = await openFor(BOB, { shelf: shelfOf(content) })
    const { port, ticket } = bob.offer(BOB.id) ?? assert.fail()
    alice.learn(BOB.id, '127.0.0.1', { port, ticket, validMs: 60_000 })
    await assert.rejects(Array.fromAsync(alice.read(requestOf(BOB.id, content), never)), { code: 'denied' })
    assert.equal(alice.carrier(BOB.id), undefined)
  })

  test('one that does not listen offers nothing, and fetches', async () => {
    await using alice = await openTlsChannel({ peerKey: ALICE.peerKey, shelf: EMPTY_SHELF, clock: realClock, admits: () => true })
    await using bob = await openFor(BOB, { shelf: shelfOf(content) })
    assert.equal(alice.offer(BOB.id), undefined)
    introduce([ALICE, alice], [BOB, bob])
    assert.equal(Buffer.concat(await Array.fromAsync(alice.read(requestOf(BOB.id, content), never))).length, 1000)
  })

  test('many reads of one peer share its few connections', async () => {
    await using alice = await openFor(ALICE)
    const shelf = shelfOf(content)
    await using bob = await openFor(BOB, { shelf })
    introduce([ALICE, alice], [BOB, bob])
    const reads = Array.from({ length: 100 }, (_, offset) => Array.fromAsync(alice.read(requestOf(BOB.id, content, { offset, length: 10 }), never)))
    const got = await Promise.all(reads)
    got.forEach((chunks, offset) => assert.ok(Buffer.concat(chunks).equals(content.subarray(offset, offset + 10))))
  })

  test('closing ends what is being read and what is being given, and leaves nothing open', async () => {
    const large = seeded('large').bytes(8 * LIMITS.pieceBytes)
    const shelf = shelfOf(large)
    const alice = await openFor(ALICE)
    const bob = await openFor(BOB, { shelf })
    introduce([ALICE, alice], [BOB, bob])
    const reading = alice.read(requestOf(BOB.id, large), never)[Symbol.asyncIterator]()
    await reading.next()
    const before = process.getActiveResourcesInfo().filter((name) => /TCP|TLS/.test(name)).length
    assert.ok(before > 0)
    await alice[Symbol.asyncDispose]()
    await assert.rejects(async () => {
      for (let next = await reading.next(); next.done !== true; next = await reading.next());
    }, { code: 'cancelled' })
    await bob[Symbol.asyncDispose]()
    await bob[Symbol.asyncDispose]()
    await until('the shelf is left', () => shelf.ended === 1)
    await until('nothing is open', () => !process.getActiveResourcesInfo().some((name) => /TCP|TLS/.test(name)))
  })
})
