import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { describe, test } from 'node:test'
import type { TLSSocket } from 'node:tls'
import { digestOf, type ErrorCode, isGgenError } from '#core'
import type { BulkOffer } from '#bulk'
import { CONTENT, DIGEST, HONEST, liar, LOOPBACK, MALLORY, offerOf, openChannel, SERVER, take, wanted } from './bulk-attacks.ts'

const LAST = CONTENT.length - 1
const RANGE = `content-range: bytes 0-${LAST}/${CONTENT.length}\r\n`
const LENGTH = `content-length: ${CONTENT.length}\r\n`
const OK = 'HTTP/1.1 206 Partial Content\r\n'

/** Writes as long as somebody takes it. */
const endless = (socket: TLSSocket, bytes: Uint8Array): void => {
  const more = (): void => {
    while (!socket.destroyed && socket.write(bytes)) continue
    if (!socket.destroyed) socket.once('drain', more)
  }
  more()
}

const says = (...parts: readonly (string | Uint8Array)[]) => (socket: TLSSocket): void => {
  for (const part of parts) socket.write(part)
}

const saysAndEnds = (...parts: readonly (string | Uint8Array)[]) => (socket: TLSSocket): void => {
  says(...parts)(socket)
  socket.end()
}

const LIES: readonly (readonly [what: string, lie: (socket: TLSSocket) => void, codes: readonly ErrorCode[]])[] = [
  ['another whole size', says(OK, `content-range: bytes 0-${LAST}/${CONTENT.length + 1}\r\n`, LENGTH, '\r\n', CONTENT), ['frame-invalid']],
  ['another range', says(OK, `content-range: bytes 1-${LAST + 1}/${CONTENT.length}\r\n`, LENGTH, '\r\n', CONTENT), ['frame-invalid']],
  ['no range', says(OK, LENGTH, '\r\n', CONTENT), ['frame-invalid']],
  ['a longer answer', says(OK, RANGE, `content-length: ${CONTENT.length + 5}\r\n\r\n`, CONTENT), ['frame-invalid']],
  ['a shorter answer', says(OK, RANGE, 'content-length: 5\r\n\r\n12345'), ['frame-invalid']],
  ['an answer without a length', says(OK, RANGE, '\r\n', CONTENT), ['frame-invalid']],
  ['two lengths', says(OK, RANGE, LENGTH, 'content-length: 5\r\n\r\n', CONTENT), ['frame-invalid']],
  ['chunks', says(OK, RANGE, LENGTH, 'transfer-encoding: chunked\r\n\r\n5\r\n12345\r\n'), ['frame-invalid']],
  ['the whole in place of the range', says('HTTP/1.1 200 OK\r\n', LENGTH, '\r\n', CONTENT), ['frame-invalid']],
  ['that it has moved', says('HTTP/1.1 302 Found\r\nlocation: https://127.0.0.1/\r\ncontent-length: 0\r\n\r\n'), ['frame-invalid']],
  ['that it failed', says('HTTP/1.1 500 Oops\r\ncontent-length: 0\r\n\r\n'), ['frame-invalid']],
  ['interim answers without end', (socket) => endless(socket, Buffer.from('HTTP/1.1 100 Continue\r\n\r\n')), ['frame-invalid']],
  ['a head without end', (socket) => endless(socket, Buffer.from('HTTP/1.1 206 Partial Content and so on')), ['frame-invalid']],
  ['fields without end', (socket) => endless(socket, Buffer.from(`${OK}a: b\r\n`)), ['frame-invalid']],
  ['no HTTP', says('220 mail.example ESMTP\r\n\r\n'), ['frame-invalid']],
  ['nothing but zeros', (socket) => endless(socket, new Uint8Array(10_000)), ['frame-invalid']],
  ['half of the bytes, then no more', saysAndEnds(OK, RANGE, LENGTH, '\r\n', CONTENT.subarray(0, 1_000_000)), ['peer-unreachable', 'frame-invalid']],
  ['nothing, and leaves', (socket) => socket.destroy(), ['peer-unreachable']],
  ['nothing, and stays', () => undefined, ['timeout']],
  ['half of the bytes, and stays', says(OK, RANGE, LENGTH, '\r\n', CONTENT.subarray(0, 1_000_000)), ['timeout']],
  ['that it is too busy', says('HTTP/1.1 503 Busy\r\ncontent-length: 0\r\n\r\n'), ['too-busy']],
]

describe('peers that lie over the bulk channel', () => {
  test('are refused with a code, whatever they say, and the channel goes on', async () => {
    await using honest = await openChannel(HONEST, { stallTimeoutMs: 600 })
    for (const [what, lie, codes] of LIES) {
      await using server = await liar(lie)
      honest.learn(SERVER.id, LOOPBACK, server.offer)
      const isCoded = (error: unknown): boolean => codes.some((code) => isGgenError(error, code))
      await assert.rejects(take(honest, wanted(SERVER)), (error) => {
        assert.ok(isCoded(error), `${what}: ${String(error)}`)
        return true
      })
    }
    await using server = await openChannel(SERVER)
    honest.learn(SERVER.id, LOOPBACK, offerOf(server, HONEST))
    assert.equal(digestOf(await take(honest, wanted(SERVER))), DIGEST)
  })

  test('more bytes behind a right answer are not given to anybody', async () => {
    await using honest = await openChannel(HONEST, { stallTimeoutMs: 600 })
    await using server = await liar((socket) => {
      says(OK, RANGE, LENGTH, '\r\n', CONTENT)(socket)
      endless(socket, Buffer.from(`HTTP/1.1 206 Partial Content\r\ncontent-range: bytes 0-0/${CONTENT.length}\r\ncontent-length: 1\r\n\r\nX`))
    })
    honest.learn(SERVER.id, LOOPBACK, server.offer)
    assert.equal(digestOf(await take(honest, wanted(SERVER))), DIGEST)
    // Whether it is the unasked answer or a new one: it has the length that was asked for, or is refused.
    const next = await take(honest, wanted(SERVER, { length: 1 })).catch((error: unknown) => error)
    assert.ok(isGgenError(next) || (Buffer.isBuffer(next) && next.length === 1), String(next))
  })

  test('bytes that come in drips come right', async () => {
    const drip = 40_000
    await using honest = await openChannel(HONEST)
    await using server = await liar((socket) => {
      socket.write(OK + RANGE + LENGTH + '\r\n')
      let at = 0
      // Longer than the reader waits for more before it takes what there is.
      const dripping = setInterval(() => {
        socket.write(CONTENT.subarray(at, at + drip))
        at += drip
        if (at >= CONTENT.length || socket.destroyed) clearInterval(dripping)
      }, 25)
    })
    honest.learn(SERVER.id, LOOPBACK, server.offer)
    assert.equal(digestOf(await take(honest, wanted(SERVER))), DIGEST)
  })

  test('somebody else at the address is not asked, nor told the ticket', async () => {
    let told = 0
    const wires = new Set<Socket>()
    const plain = createServer((socket) => {
      wires.add(socket)
      socket.on('error', () => socket.destroy())
      socket.on('data', () => told++)
      socket.write('220 mail.example ESMTP\r\n')
    })
    await once(plain.listen(0, LOOPBACK), 'listening')
    await using honest = await openChannel(HONEST, { stallTimeoutMs: 600 })
    const offer: BulkOffer = { port: (plain.address() as AddressInfo).port, ticket: Buffer.from('a ticket that is not to be seen'), validMs: 600_000 }
    honest.learn(SERVER.id, LOOPBACK, offer)
    await assert.rejects(take(honest, wanted(SERVER)), { code: 'peer-unreachable' })
    let asked = false
    await using impostor = await liar(() => (asked = true))
    // The impostor proves to be SERVER, and MALLORY is wanted.
    honest.learn(MALLORY.id, LOOPBACK, impostor.offer)
    await assert.rejects(take(honest, wanted(MALLORY)), { code: 'peer-unreachable' })
    assert.equal(asked, false)
    assert.ok(told <= 1, 'it has seen nothing but the hello of TLS')
    plain.close()
    for (const wire of wires) wire.destroy()
  })
})
