import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createSecureContext, type TLSSocket } from 'node:tls'
import type { BlobRequest } from '#bulk'
import { BufferPool, digestOf, LIMITS } from '#core'
import { knownPeer, realClock, seeded, until } from '#testing'
import { createCertificate } from './certificate.ts'
import { getRange } from './get-range.ts'
import { Routes } from './routes.ts'
import { type OwnServer, ownServer } from './tls-scene.conformance.ts'

const BOB = knownPeer('bob')
const never = new AbortController().signal
const context = createSecureContext(createCertificate(knownPeer('alice').peerKey, Date.now()))
const content = seeded('range').bytes(500)
const wanted: BlobRequest = { peer: BOB.id, digest: digestOf(content), sizeBytes: 1000, offset: 100, length: 500 }
const HEAD = 'HTTP/1.1 206 Partial Content\r\ncontent-length: 500\r\ncontent-range: bytes 100-599/1000\r\n'
const ANSWER = Buffer.concat([Buffer.from(`${HEAD}\r\n`), content])

const routesTo = ({ port }: OwnServer): Routes => {
  const routes = new Routes({ context, clock: realClock, connectTimeoutMs: 2000 })
  routes.learn(BOB.id, '127.0.0.1', { port, ticket: Buffer.from('a ticket'), validMs: 60_000 })
  return routes
}

const get = async (routes: Routes, signal = never): Promise<Buffer> => {
  const route = routes.find(BOB.id) ?? assert.fail()
  const lots = new BufferPool(LIMITS.lotBytes, 4)
  return Buffer.concat(await Array.fromAsync(getRange({ route, clock: realClock, lots, stallTimeoutMs: 200 }, wanted, signal)))
}

/** What the client gets from a server that does so with each question. */
const from = async (answer: (socket: TLSSocket, question: string) => void): Promise<Buffer> => {
  await using server = await ownServer(BOB, (socket) => socket.on('data', (question: Buffer) => answer(socket, question.toString())))
  using routes = routesTo(server)
  return await get(routes)
}

describe('one range over one connection', () => {
  test('is asked for in one short question, and comes byte for byte', async () => {
    let asked = ''
    const bytes = await from((socket, question) => {
      asked = question
      socket.write(ANSWER)
    })
    assert.ok(bytes.equals(content))
    const ticket = Buffer.from('a ticket').toString('base64url')
    assert.match(asked, new RegExp(`^GET /blob/${wanted.digest} HTTP/1.1\r\nhost: 127.0.0.1:\\d+\r\nrange: bytes=100-599\r\nggen-ticket: ${ticket}\r\n\r\n$`))
  })

  test('refusals have their codes', async () => {
    const odd = Object.fromEntries([200, 204, 302, 416, 500].map((status) => [status, 'frame-invalid']))
    const codes = { 401: 'denied', 404: 'blob-not-found', 503: 'too-busy', ...odd }
    for (const [status, code] of Object.entries(codes)) {
      await assert.rejects(from((socket) => socket.write(`HTTP/1.1 ${status} x\r\ncontent-length: 0\r\n\r\n`)), { code }, status)
    }
  })

  test('another range or size than was asked for is refused', async () => {
    const heads = ['bytes 100-599/1001', 'bytes 0-499/1000', 'bytes 100-599/*', '100-599/1000'].map((range) => HEAD.replace('bytes 100-599/1000', range))
    for (const head of [...heads, HEAD.replace('500', '501'), HEAD.replace(/content-range.*/, 'x: y')]) {
      await assert.rejects(from((socket) => socket.write(`${head}\r\n`)), { code: 'frame-invalid' }, head)
    }
  })

  test('a connection that breaks off is peer-unreachable, one that is silent is timeout', async () => {
    await assert.rejects(from((socket) => socket.end(ANSWER.subarray(0, 300))), { code: 'peer-unreachable' })
    await assert.rejects(from((socket) => socket.destroy()), { code: 'peer-unreachable' })
    await assert.rejects(from(() => undefined), { code: 'timeout' })
    await assert.rejects(from((socket) => socket.write(ANSWER.subarray(0, 300))), { code: 'timeout' })
  })

  test('a kept connection that the peer has closed is replaced once, without the reader noticing', async () => {
    let questions = 0
    await using server = await ownServer(BOB, (socket) =>
      socket.on('data', () => {
        questions += 1
        if (questions === 2) socket.destroy()
        else socket.write(ANSWER)
      }),
    )
    using routes = routesTo(server)
    for (let time = 0; time < 3; time++) assert.ok((await get(routes)).equals(content))
    assert.deepEqual([questions, server.count], [4, 2])
  })

  test('a kept connection that has died without a word is replaced once; one that gives a sign may take its time', async () => {
    let questions = 0
    const slowly = async (socket: TLSSocket): Promise<void> => {
      const began = performance.now()
      socket.write(ANSWER.subarray(0, HEAD.length + 2))
      await until('a mute one would have been left', () => performance.now() - began > 80)
      socket.write(ANSWER.subarray(HEAD.length + 2))
    }
    await using server = await ownServer(BOB, (socket) =>
      socket.on('data', () => {
        questions += 1
        if (questions === 2) return
        if (questions === 4) void slowly(socket)
        else socket.write(ANSWER)
      }),
    )
    using routes = routesTo(server)
    for (let time = 0; time < 3; time++) assert.ok((await get(routes)).equals(content))
    assert.deepEqual([questions, server.count], [4, 2])
  })

  test('one that is closed while it rests is not used', async () => {
    await using server = await ownServer(BOB, (socket) => socket.on('data', () => socket.write(ANSWER)))
    using routes = routesTo(server)
    await get(routes)
    for (const socket of server.sockets) socket.destroy()
    await until('it is closed', () => server.sockets.size === 0)
    assert.ok((await get(routes)).equals(content))
  })

  test('leaving ends the question at once, and with the reason', async () => {
    await using server = await ownServer(BOB, (socket) => socket.on('data', () => socket.write(ANSWER.subarray(0, 300))))
    using routes = routesTo(server)
    const leaving = new AbortController()
    const getting = assert.rejects(get(routes, leaving.signal), /enough/)
    await until('it is asked', () => server.sockets.size === 1)
    leaving.abort(new Error('enough'))
    await getting
    await until('the connection is closed', () => server.sockets.size === 0)
    await assert.rejects(get(routes, leaving.signal), /enough/)
    assert.equal(server.count, 1)
  })
})
