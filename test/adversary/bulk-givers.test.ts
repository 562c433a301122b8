import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { describe, test } from 'node:test'
import type { TLSSocket } from 'node:tls'
import { digestOf, type ErrorCode, isGgenError } from '#core'
import { openTlsChannel } from '#bulk/tls'
import { realClock, seeded, until } from '#testing'
import { makeCertificate } from './bulk-certificates.ts'
import { ALICE, BOB, MALLORY, OneBlob, openLiar, readAll, STALL_MS } from './bulk-scene.ts'

const content = seeded('promised').bytes(200_000)
const wanted = { peer: BOB.id, digest: digestOf(content), sizeBytes: content.length, offset: 0, length: content.length }
const HEAD = `HTTP/1.1 206 Partial Content\r\ncontent-length: ${content.length}\r\ncontent-range: bytes 0-${content.length - 1}/${content.length}\r\n\r\n`

interface Outcome {
  readonly code: ErrorCode | 'bytes'
  readonly bytes: Buffer
}

/** What Alice gets who was told of this port as Bob's, in how much time whatsoever, but bounded. */
const outcomeAt = async (port: number): Promise<Outcome> => {
  await using alice = await openTlsChannel({
    peerKey: ALICE.peerKey, shelf: new OneBlob(new Uint8Array(1)), clock: realClock, admits: () => true, stallTimeoutMs: STALL_MS,
  })
  alice.learn(BOB.id, '127.0.0.1', { port, ticket: Buffer.from('ticket'), validMs: 60_000 })
  const began = performance.now()
  try {
    return { code: 'bytes', bytes: await readAll(alice, wanted) }
  } catch (error) {
    assert.ok(isGgenError(error), String(error))
    assert.notEqual(error.code, 'internal')
    return { code: error.code, bytes: Buffer.alloc(0) }
  } finally {
    assert.ok(performance.now() - began < 10 * STALL_MS, `it took ${performance.now() - began} ms`)
  }
}

/** Says the same to every question. */
const says = (...parts: readonly (string | Uint8Array)[]) => (socket: TLSSocket): void => {
  socket.on('data', () => {
    for (const part of parts) socket.write(part)
  })
}

/** Says something again and again, for as long as it is listened to. */
const endlessly = (part: string | Uint8Array, everyMs: number, first: string | Uint8Array = '') => (socket: TLSSocket): void => {
  socket.once('data', () => {
    socket.write(first)
    const again = setInterval(() => socket.write(part), everyMs)
    socket.once('close', () => clearInterval(again))
  })
}

const LIES: readonly (readonly [name: string, meet: (socket: TLSSocket) => void, code: ErrorCode])[] = [
  ['another size of the whole', says(HEAD.replace(/\/\d+\r/, '/999999\r'), content), 'frame-invalid'],
  ['another range', says(HEAD.replace('bytes 0-', 'bytes 1-'), content), 'frame-invalid'],
  ['no range', says(HEAD.replace(/content-range.*\r\n/, ''), content), 'frame-invalid'],
  ['the whole in place of a part', says(`HTTP/1.1 200 OK\r\ncontent-length: ${content.length}\r\n\r\n`, content), 'frame-invalid'],
  ['a redirect', says('HTTP/1.1 302 Found\r\nlocation: https://127.0.0.1/\r\ncontent-length: 0\r\n\r\n'), 'frame-invalid'],
  ['another status', says('HTTP/1.1 500 No\r\ncontent-length: 0\r\n\r\n'), 'frame-invalid'],
  ['a refusal of the ticket', says('HTTP/1.1 401 No\r\ncontent-length: 0\r\n\r\n'), 'denied'],
  ['a body without end', says('HTTP/1.1 206 Partial Content\r\ntransfer-encoding: chunked\r\n\r\n', content), 'frame-invalid'],
  ['too short a body, and the end', (socket) => says(HEAD, content.subarray(0, 100_000))(socket.once('data', () => socket.end())), 'peer-unreachable'],
  ['too short a body, and silence', says(HEAD, content.subarray(0, 100_000)), 'timeout'],
  ['a flood of interim answers', endlessly('HTTP/1.1 100 Continue\r\n\r\n'.repeat(100), 1), 'frame-invalid'],
  ['a flood of hints', endlessly('HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n'.repeat(100), 1), 'frame-invalid'],
  ['a head without end', endlessly('x: y\r\n'.repeat(100), 1, 'HTTP/1.1 206 Partial Content\r\n'), 'frame-invalid'],
  ['a head letter by letter', endlessly('x', 50, 'HTTP/1.1 206 '), 'timeout'],
  ['no HTTP', says('SSH-2.0-OpenSSH_9.6\r\n\r\n'), 'frame-invalid'],
  ['silence after the question', () => undefined, 'timeout'],
  ['a body byte by byte', endlessly('x', 50, HEAD), 'timeout'],
  ['the end after the question', (socket) => socket.once('data', () => socket.end()), 'peer-unreachable'],
]

describe('givers who lie', () => {
  for (const [name, meet, code] of LIES) {
    test(`${name} is ${code}, in time`, async () => {
      await using bob = await openLiar((socket) => meet(socket.resume()))
      assert.equal((await outcomeAt(bob.port)).code, code)
      await until('nothing is left open', () => bob.sockets.size === 0)
    })
  }

  test('more bytes than promised are not taken, and the connection is given up', async () => {
    const endless = seeded('endless').bytes(65_536)
    await using bob = await openLiar(endlessly(endless, 1, Buffer.concat([Buffer.from(HEAD), content])))
    const { code, bytes } = await outcomeAt(bob.port)
    assert.deepEqual([code, bytes.equals(content)], ['bytes', true])
    await until('nothing is left open', () => bob.sockets.size === 0)
  })

  test('who are somebody else, or nobody, are not asked', async () => {
    const forged = [
      makeCertificate({ names: MALLORY }), makeCertificate({ names: BOB, extension: 'none' }), makeCertificate({ names: BOB, signer: MALLORY }),
      makeCertificate({ names: BOB, provenKey: makeCertificate({ names: BOB }).publicKey }), makeCertificate({ names: BOB, validTo: '20210101000000Z' }),
    ]
    for (const certificate of forged) {
      let heard = 0
      await using bob = await openLiar((socket) => socket.on('data', (chunk: Buffer) => void (heard += chunk.length)), certificate)
      assert.equal((await outcomeAt(bob.port)).code, 'peer-unreachable')
      await until('nothing is left open', () => bob.sockets.size === 0)
      assert.equal(heard, 0)
    }
  })

  test('who do not speak TLS, or say nothing at all, are unreachable in time', async () => {
    for (const greeting of ['220 mail.example ESMTP\r\n', 'HTTP/1.1 400 Bad Request\r\n\r\n', '\x16\x03\x03\xff\xff', '']) {
      const server = createServer((socket) => {
        socket.on('error', () => socket.destroy()).resume()
        if (greeting !== '') socket.write(greeting, 'latin1')
      })
      await once(server.listen(0, '127.0.0.1'), 'listening')
      assert.equal((await outcomeAt((server.address() as AddressInfo).port)).code, 'peer-unreachable', greeting)
      await once(server.close(), 'close')
    }
  })
})
