import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { describe, test } from 'node:test'
import { createSecureContext } from 'node:tls'
import { knownPeer, realClock, until } from '#testing'
import { createCertificate } from './certificate.ts'
import { Connection, type DialOptions, type Receiver } from './connection.ts'
import { type OwnServer, ownServer } from './tls-scene.conformance.ts'

const ALICE = knownPeer('alice')
const BOB = knownPeer('bob')
const never = new AbortController().signal
const dial: DialOptions = { context: createSecureContext(createCertificate(ALICE.peerKey, Date.now())), clock: realClock, connectTimeoutMs: 2000 }
const open = ({ port }: Pick<OwnServer, 'port'>, signal = never): Promise<Connection> => Connection.open(BOB.id, { host: '127.0.0.1', port }, { dial, signal })

/** Collects what comes, into space of a few bytes at a time. */
const collector = (most: number): Receiver & { readonly got: () => string; readonly error: () => Error | undefined } => {
  let text = ''
  let error: Error | undefined
  const space = Buffer.alloc(3)
  return {
    space: () => space.subarray(0, Math.min(3, most - text.length)),
    filled: (bytes) => {
      text += space.toString('latin1', 0, bytes)
      return true
    },
    broke: (cause) => void (error ??= cause),
    get isOver() {
      return text.length >= most
    },
    got: () => text,
    error: () => error,
  }
}

describe('a connection to a peer', () => {
  test('asks, and hands what comes to the receiver to the last byte', async () => {
    await using server = await ownServer(BOB, (socket) => socket.on('data', (asked: Buffer) => socket.write(`answer to ${asked.toString()}`)))
    const connection = await open(server)
    for (const question of ['one', 'two', 'three']) {
      const receiver = collector(10 + question.length)
      connection.ask(question, receiver)
      await until('the answer', () => receiver.isOver)
      assert.equal(receiver.got(), `answer to ${question}`)
      connection.rest()
    }
    assert.ok(connection.isOpen)
    connection.close()
    assert.equal(server.count, 1)
  })

  test('ends when something comes unasked, behind an answer too', async () => {
    await using server = await ownServer(BOB, (socket) => socket.on('data', () => socket.write('answer and more')))
    const connection = await open(server)
    const receiver = collector(6)
    connection.ask('q', receiver)
    await until('it has ended', () => !connection.isOpen)
    assert.deepEqual([receiver.got(), receiver.error()], ['answer', undefined])
    const again = collector(6)
    connection.ask('q', again)
    assert.match(String(again.error()), /was closed/)
  })

  test('tells the receiver when the peer leaves, and the listener always', async () => {
    await using server = await ownServer(BOB, (socket) => socket.on('data', () => socket.end('an')))
    const connection = await open(server)
    const receiver = collector(6)
    const closed = new Promise<void>((resolve) => connection.onClose(resolve))
    connection.ask('q', receiver)
    await closed
    assert.equal(receiver.got(), 'an')
    assert.match(String(receiver.error()), /peer-unreachable|was closed/)
    await new Promise<void>((resolve) => connection.onClose(resolve))
  })

  test('is not opened to somebody else, to nobody, or past its time', async () => {
    await using carol = await ownServer(knownPeer('carol'), () => undefined)
    await assert.rejects(open(carol), { code: 'peer-unreachable', message: /somebody else/ })
    const plain = createServer((socket) => socket.on('error', () => socket.destroy()).resume().end('220 hello\r\n'))
    await once(plain.listen(0, '127.0.0.1'), 'listening')
    const { port } = plain.address() as AddressInfo
    await assert.rejects(open({ port }), { code: 'peer-unreachable' })
    await once(plain.close(), 'close')
    await assert.rejects(open({ port }), { code: 'peer-unreachable', message: /ECONNREFUSED/ })
    await using bob = await ownServer(BOB, () => undefined)
    await assert.rejects(open(bob, AbortSignal.abort(new Error('before'))), /before/)
    const leaving = new AbortController()
    const opening = open(bob, leaving.signal)
    leaving.abort(new Error('during'))
    await assert.rejects(opening, /during/)
  })

  test('is not opened to a peer that is silent', async () => {
    const silent = createServer((socket) => socket.on('error', () => socket.destroy()).resume())
    await once(silent.listen(0, '127.0.0.1'), 'listening')
    const { port } = silent.address() as AddressInfo
    const opening = Connection.open(BOB.id, { host: '127.0.0.1', port }, { dial: { ...dial, connectTimeoutMs: 100 }, signal: never })
    await assert.rejects(opening, { code: 'peer-unreachable', message: /does not answer/ })
    await once(silent.close(), 'close')
  })
})
