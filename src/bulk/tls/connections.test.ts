import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { describe, test } from 'node:test'
import { createSecureContext } from 'node:tls'
import { LIMITS } from '#core'
import { knownPeer, realClock, until } from '#testing'
import { createCertificate } from './certificate.ts'
import { Connections } from './connections.ts'
import { type OwnServer, ownServer } from './tls-scene.conformance.ts'

const ALICE = knownPeer('alice')
const BOB = knownPeer('bob')
const never = new AbortController().signal
const context = createSecureContext(createCertificate(ALICE.peerKey, Date.now()))
const SOON = 5000

const server = (): Promise<OwnServer> => ownServer(BOB, (socket) => socket.resume())
const to = ({ port }: { readonly port: number }): Connections =>
  new Connections(BOB.id, { host: '127.0.0.1', port }, { context, clock: realClock, connectTimeoutMs: SOON })
const takeAll = (connections: Connections, count: number) => Promise.all(Array.from({ length: count }, () => connections.take(SOON, never)))

describe('the connections to one peer', () => {
  test('are used again when the answer came to its end, and only then', async () => {
    await using bob = await server()
    const connections = to(bob)
    const first = await connections.take(SOON, never)
    assert.equal(first.isKept, false)
    connections.give(first.connection, true)
    const second = await connections.take(SOON, never)
    assert.ok(second.isKept && second.connection === first.connection)
    connections.give(second.connection, false)
    const third = await connections.take(SOON, never)
    assert.ok(!third.isKept && third.connection !== first.connection && !first.connection.isOpen)
    connections.end(new Error('over'))
  })

  test('one is made ready where there is none', async () => {
    await using bob = await server()
    const connections = to(bob)
    connections.prepare()
    connections.prepare()
    assert.equal(connections.isReady, false)
    await until('one is ready', () => connections.isReady)
    assert.equal(bob.count, 1, 'wanting it twice makes no more')
    const { connection, isKept } = await connections.take(SOON, never)
    assert.ok(isKept && connection.isOpen)
    connections.prepare()
    assert.equal(connections.isReady, false, 'it is in use, and no other is made')
    connections.give(connection, true)
    assert.ok(connections.isReady)
    connections.end(new Error('over'))
    connections.prepare()
    assert.equal(connections.isReady, false)
  })

  test('are never more than the other side allows; the others wait for their turn', async () => {
    await using bob = await server()
    const connections = to(bob)
    const turns = Array.from({ length: 20 }, async () => {
      const { connection } = await connections.take(SOON, never)
      assert.ok(bob.sockets.size <= LIMITS.bulkConnectionsPerPeer)
      await Promise.resolve()
      connections.give(connection, true)
    })
    await Promise.all(turns)
    assert.ok(bob.count <= LIMITS.bulkConnectionsPerPeer, `${bob.count} connections`)
    connections.end(new Error('over'))
  })

  test('are not tried one after the other while the peer is out of reach: whoever waits is told with those who tried', async () => {
    const calls: Socket[] = []
    await using dead = createServer((socket) => void calls.push(socket))
    await once(dead.listen(0, '127.0.0.1'), 'listening')
    const connections = to(dead.address() as AddressInfo)
    const takes = Array.from({ length: 20 }, () => assert.rejects(connections.take(SOON, never), { code: 'peer-unreachable' }))
    await until('as many as may have called', () => calls.length === LIMITS.bulkConnectionsPerPeer)
    for (const call of calls) call.destroy()
    await Promise.all(takes)
    assert.equal(calls.length, LIMITS.bulkConnectionsPerPeer)
  })

  test('a place is free again when a connection is closed from either side', async () => {
    await using bob = await server()
    const connections = to(bob)
    const [first] = await takeAll(connections, LIMITS.bulkConnectionsPerPeer)
    const waiting = connections.take(SOON, never)
    connections.give(first?.connection ?? assert.fail(), false)
    assert.equal((await waiting).isKept, false)
    const another = connections.take(SOON, never)
    for (const socket of bob.sockets) socket.destroy()
    await another
    connections.end(new Error('over'))
  })

  test('waiting has an end: too-busy, the signal, or the end of everything', async () => {
    await using bob = await server()
    const connections = to(bob)
    await takeAll(connections, LIMITS.bulkConnectionsPerPeer)
    await assert.rejects(connections.take(30, never), { code: 'too-busy' })
    const leaving = new AbortController()
    const left = assert.rejects(connections.take(SOON, leaving.signal), /left/)
    leaving.abort(new Error('left'))
    await left
    const refused = assert.rejects(connections.take(SOON, never), /over/)
    connections.end(new Error('over'))
    await refused
    await assert.rejects(connections.take(SOON, never), /over/)
    await until('all are closed', () => bob.sockets.size === 0)
  })

  test('that rest are closed when the peer has closed one, and forgotten when it closes all', async () => {
    await using bob = await server()
    const connections = to(bob)
    for (const { connection } of await takeAll(connections, 3)) connections.give(connection, true)
    connections.closeResting()
    await until('all are closed', () => bob.sockets.size === 0)
    assert.equal((await connections.take(SOON, never)).isKept, false)
    connections.end(new Error('over'))
  })

  test('retired ones come to their end, and say so', async () => {
    await using bob = await server()
    const connections = to(bob)
    const [busy, idle] = await takeAll(connections, 2)
    connections.give(idle?.connection ?? assert.fail(), true)
    let isEmpty = false
    connections.retire(() => (isEmpty = true))
    await until('the idle one is closed', () => bob.sockets.size === 1)
    assert.ok(!isEmpty && busy?.connection.isOpen === true)
    connections.give(busy.connection, true)
    await until('the busy one is closed', () => isEmpty)
  })
})
