import assert from 'node:assert/strict'
import { once } from 'node:events'
import { describe, test } from 'node:test'
import { connect, type TLSSocket } from 'node:tls'
import type { BlobShelf } from '#bulk'
import { digestOf, GgenError, type Giver, LIMITS, type PeerId } from '#core'
import { knownPeer, realClock, seeded, until } from '#testing'
import { shelfOf } from '../blob-source.conformance.ts'
import { createCertificate } from './certificate.ts'
import { readHead } from './read-head.ts'
import { BlobServer, type ServeOptions } from './serve-blobs.ts'
import { TicketBooth } from './ticket.ts'

const ALICE = knownPeer('alice')
const BOB = knownPeer('bob')
const content = seeded('served').bytes(1000)
const PATH = `/blob/${digestOf(content)}`
const booth = new TicketBooth(Buffer.alloc(32, 1))
const certificate = createCertificate(BOB.peerKey, Date.now())
const own = createCertificate(ALICE.peerKey, Date.now())
const TICKET = ticketFor(ALICE.id)

function ticketFor(peer: PeerId): string {
  return `ggen-ticket: ${Buffer.from(booth.issue(peer, realClock.monotonic() + 60_000)).toString('base64url')}`
}

const serving = async (shelf: BlobShelf, change: Partial<ServeOptions> = {}) => {
  const server = new BlobServer({ certificate, shelf, booth, clock: realClock, admits: () => true, stallTimeoutMs: 300, ...change })
  const port = await server.listen({ host: '127.0.0.1', port: 0 })
  const knock = async (shown: object = own): Promise<TLSSocket> => {
    const socket = connect({ host: '127.0.0.1', port, ...shown, rejectUnauthorized: false, ALPNProtocols: ['http/1.1'] })
    socket.on('error', () => socket.destroy())
    await Promise.race([once(socket, 'secureConnect'), once(socket, 'close')])
    return socket
  }
  return { port, knock, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() }
}

interface Answer {
  readonly status: number
  readonly body: Buffer
  readonly stays: boolean
}

/** Status and body of the next answer; status 0 when the connection is closed instead. */
const answerOf = async (socket: TLSSocket, ...lines: readonly string[]): Promise<Answer> => {
  let bytes = Buffer.alloc(0)
  const take = (chunk: Buffer): void => void (bytes = Buffer.concat([bytes, chunk]))
  socket.on('data', take)
  socket.write(`${lines.join('\r\n')}\r\n\r\n`)
  const head = await until('an answer', () => (socket.closed && bytes.length === 0 ? 'closed' : readHead(bytes)))
  if (head === 'closed') return { status: 0, body: bytes, stays: false }
  await until('its body', () => bytes.length >= head.headBytes + head.length)
  socket.off('data', take)
  return { status: head.status, body: bytes.subarray(head.headBytes), stays: head.stays }
}

const get = (path: string, range = 'range: bytes=0-9', ticket = TICKET): readonly string[] => [`GET ${path} HTTP/1.1`, 'host: x', range, ticket]

describe('the server of the bulk channel', () => {
  test('gives a range to who has a ticket, as often as asked', async () => {
    await using server = await serving(shelfOf(content))
    const socket = await server.knock()
    for (let time = 0; time < 50; time++) {
      const { status, body } = await answerOf(socket, ...get(PATH, 'range: bytes=5-14'))
      assert.deepEqual([status, body.equals(content.subarray(5, 15))], [206, true])
    }
    socket.destroy()
  })

  test('says 404 and 416 and stays, and closes after everything that no honest peer asks', async () => {
    await using server = await serving(shelfOf(content))
    const absent = `/blob/sha256:${'0'.repeat(64)}`
    const cases = [
      [get(absent), 404, true], [get('/'), 404, true], [get('/blob/'), 404, true], [get(`${PATH}/..`), 404, true], [get(`http://x${PATH}`), 404, true],
      [get(PATH, 'range: bytes=0-1000'), 416, true], [get(PATH, 'range: bytes=1000-1000'), 416, true], [get(PATH, 'x: y'), 400, false],
      [get(PATH, 'range: bytes=0-1,3-4'), 400, false], [get(PATH, 'range: bytes=-5'), 400, false], [get(PATH, 'range: bytes=5-4'), 400, false],
      [['POST', 'PUT', 'DELETE', 'OPTIONS', 'HEAD'].map((method) => [`${method} ${PATH} HTTP/1.1`, 'host: x', TICKET]), 405, false],
      [[...get(PATH), 'content-length: 0'], 400, false], [[...get(PATH), 'transfer-encoding: chunked'], 400, false],
    ] as const
    for (const [questions, status, stays] of cases) {
      for (const lines of typeof questions[0] === 'string' ? [questions as readonly string[]] : (questions as readonly (readonly string[])[])) {
        const socket = await server.knock()
        const answer = await answerOf(socket, ...lines)
        assert.deepEqual([answer.status, answer.stays, answer.body.length], [status, stays, 0], lines.join(' | '))
        if (!stays) await until('it is closed', () => socket.closed)
        socket.destroy()
      }
    }
  })

  test('gives nothing without a ticket of this peer that is still good', async () => {
    await using server = await serving(shelfOf(content))
    const expired = `ggen-ticket: ${Buffer.from(booth.issue(ALICE.id, realClock.monotonic() - 1)).toString('base64url')}`
    const foreign = new TicketBooth(Buffer.alloc(32, 9)).issue(ALICE.id, realClock.monotonic() + 60_000)
    for (const ticket of ['x: y', 'ggen-ticket:', expired, ticketFor(BOB.id), `ggen-ticket: ${Buffer.from(foreign).toString('base64url')}`]) {
      const socket = await server.knock()
      const answer = await answerOf(socket, ...get(PATH, 'range: bytes=0-9', ticket))
      assert.deepEqual([answer.status, answer.stays, answer.body.length], [401, false, 0])
    }
  })

  test('does not speak to who shows no peer, or one that is not admitted', async () => {
    let isAdmitted = true
    await using server = await serving(shelfOf(content), { admits: (peer, host) => host === '127.0.0.1' && (peer !== ALICE.id || isAdmitted) })
    const nobody = await server.knock({})
    assert.equal((await answerOf(nobody, ...get(PATH))).status, 0)
    const alice = await server.knock()
    assert.equal((await answerOf(alice, ...get(PATH))).status, 206)
    isAdmitted = false
    assert.equal((await answerOf(alice, ...get(PATH))).status, 0, 'a ban ends a connection that was good')
    assert.equal((await answerOf(await server.knock(), ...get(PATH))).status, 0)
  })

  test('a second question before the answer ends the connection', async () => {
    await using server = await serving(shelfOf(content))
    const socket = await server.knock()
    const lines = `${get(PATH).join('\r\n')}\r\n\r\n`
    socket.resume().write(lines.repeat(100))
    await until('it is closed', () => socket.closed)
  })

  test('so many connections of a peer are kept, and the one idle longest makes room', async () => {
    await using server = await serving(shelfOf(content))
    const sockets: TLSSocket[] = []
    for (let count = 0; count <= LIMITS.bulkGuestsPerPeer; count++) {
      const socket = await server.knock()
      assert.equal((await answerOf(socket, ...get(PATH))).status, 206)
      sockets.push(socket.resume())
    }
    await until('the first is closed', () => sockets[0]?.closed)
    assert.deepEqual(sockets.map(({ closed }) => closed).slice(1), Array.from({ length: LIMITS.bulkGuestsPerPeer }, () => false))
    for (const socket of sockets) socket.destroy()
  })

  test('cuts the answer when the shelf fails in the middle, and says 404 when it was dropped just now', async () => {
    const failing = (error: Error, before: number): BlobShelf => ({
      look: async () => ({ sizeBytes: 1000 }),
      async *read() {
        if (before > 0) yield content.subarray(0, before)
        throw error
      },
    })
    await using dropped = await serving(failing(new GgenError('blob-not-found', 'gone'), 0))
    const first = await dropped.knock()
    assert.equal((await answerOf(first, ...get(PATH))).status, 404)
    first.destroy()
    for (const [error, before] of [[new Error('the disk broke'), 0], [new Error('the disk broke'), 5], [new GgenError('blob-not-found', 'gone'), 5]] as const) {
      await using server = await serving(failing(error, before))
      const socket = (await server.knock()).resume()
      socket.write(`${get(PATH).join('\r\n')}\r\n\r\n`)
      await until('it is cut', () => socket.closed)
    }
  })

  test('waits its turn before it sends', async () => {
    const paced: (readonly [Giver, number])[] = []
    await using server = await serving(shelfOf(content), { pace: (peer, bytes) => void paced.push([peer, bytes]) })
    const socket = await server.knock()
    await answerOf(socket, ...get(PATH))
    assert.deepEqual(paced, [[ALICE.id, 10]])
    socket.destroy()
  })

  test('closing ends everything at once, also what is half connected', async () => {
    const server = await serving(shelfOf(content))
    const socket = (await server.knock()).resume()
    const began = performance.now()
    await server[Symbol.asyncDispose]()
    await until('the connection is closed', () => socket.closed)
    assert.ok(performance.now() - began < 2000)
  })
})
