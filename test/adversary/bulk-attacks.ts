import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { setTimeout as after } from 'node:timers/promises'
import { connect, type ConnectionOptions, createServer, type TLSSocket } from 'node:tls'
import { type Clock, digestOf } from '#core'
import type { BlobRequest, BlobShelf, BulkChannel, BulkOffer } from '#bulk'
import { openTlsChannel, type TlsOptions } from '#bulk/tls'
import { seeded } from '#testing'
import { forge, type KeyAndCertificate, type Somebody, somebody } from './forged-certificate.ts'

export const LOOPBACK = '127.0.0.1'

/** Real sockets need real time. */
export const realTime: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  wait: (ms, signal) => after(ms, undefined, { signal, ref: false }),
  timeout: (ms) => AbortSignal.timeout(ms),
}

export const SERVER = somebody('server')
export const HONEST = somebody('honest')
export const MALLORY = somebody('mallory')

export const CONTENT = seeded('adversary content').bytes(3_000_000)
export const DIGEST = digestOf(CONTENT)

/** Holds `CONTENT`, and counts what was read of it. */
export const contentShelf = (): BlobShelf & { readBytes: number } => ({
  readBytes: 0,
  look: async (digest) => (digest === DIGEST ? { sizeBytes: CONTENT.length } : undefined),
  async *read(_digest, { offset, length }) {
    for (let at = offset; at < offset + length; at += 100_000) {
      const chunk = CONTENT.slice(at, Math.min(offset + length, at + 100_000))
      this.readBytes += chunk.length
      yield chunk
    }
  },
})

/** A channel of `who` on a free port, unless told otherwise. */
export const openChannel = (who: Somebody, change: Partial<TlsOptions> = {}): Promise<BulkChannel> =>
  openTlsChannel({ peerKey: who.peerKey, listen: { host: LOOPBACK, port: 0 }, shelf: contentShelf(), clock: realTime, admits: () => true, ...change })

/** What the server offers to somebody. */
export const offerOf = (server: BulkChannel, who: Somebody): BulkOffer => {
  const offer = server.offer(who.id)
  if (offer === undefined) throw new Error('it does not listen')
  return offer
}

export const wanted = (from: Somebody, change: Partial<BlobRequest> = {}): BlobRequest =>
  ({ peer: from.id, digest: DIGEST, sizeBytes: CONTENT.length, offset: 0, length: CONTENT.length, ...change })

/** Reads a range to its end. */
export const take = async (channel: BulkChannel, request: BlobRequest, timeoutMs = 20_000): Promise<Buffer> =>
  Buffer.concat(await Array.fromAsync(channel.read(request, AbortSignal.timeout(timeoutMs))))

/** Whether an honest peer that comes now gets the right bytes. */
export const servesTheHonest = async (server: BulkChannel): Promise<boolean> => {
  await using honest = await openChannel(HONEST)
  honest.learn(SERVER.id, LOOPBACK, offerOf(server, HONEST))
  return digestOf(await take(honest, wanted(SERVER))) === DIGEST
}

/** What is other than in a good question. */
export interface QuestionChange {
  readonly method?: string
  readonly path?: string
  readonly range?: string
  /** Further lines of the head. */
  readonly more?: string
}

/** The question of a well-meaning peer, as bytes. */
export const question = (ticket: Uint8Array, change: QuestionChange = {}): string => {
  const { method = 'GET', path = `/blob/${DIGEST}`, range = 'bytes=0-9', more = '' } = change
  return `${method} ${path} HTTP/1.1\r\nhost: ${LOOPBACK}\r\nggen-ticket: ${Buffer.from(ticket).toString('base64url')}\r\nrange: ${range}\r\n${more}\r\n`
}

/** A connection that an attacker made by hand. */
export interface Line {
  readonly socket: TLSSocket
  /** All that came so far. */
  heard(): string
  /** Resolves when it is over, however that came. */
  readonly over: Promise<void>
}

/** Connects with a certificate, or with none; does not wait for the handshake. */
export const dial = (port: number, certificate?: KeyAndCertificate): Line => {
  const socket = connect({ host: LOOPBACK, port, ...certificate, rejectUnauthorized: false })
  let heard = ''
  const { promise, resolve } = Promise.withResolvers<void>()
  socket.on('error', () => socket.destroy())
  socket.once('close', () => resolve())
  socket.on('data', (bytes: Buffer) => (heard += bytes.toString('latin1')))
  return { socket, heard: () => heard, over: promise }
}

/** Connects as a reader that takes one byte every 10 ms, from the moment it is connected; it stops when the connection is over. */
export const dialSlowly = (port: number, certificate: KeyAndCertificate): TLSSocket => {
  // Node knows this option of all sockets here too; its types do not.
  const options: ConnectionOptions & { readonly highWaterMark: number } = { host: LOOPBACK, port, ...certificate, rejectUnauthorized: false, highWaterMark: 1 }
  const socket = connect(options)
  const reading = setInterval(() => socket.read(1), 10)
  socket.on('error', () => socket.destroy())
  socket.once('close', () => clearInterval(reading))
  return socket
}

/** Asks by hand and resolves to all that comes until the connection is closed. */
export const askByHand = async (port: number, text: string, certificate?: KeyAndCertificate): Promise<string> => {
  const line = dial(port, certificate)
  line.socket.write(text)
  await line.over
  return line.heard()
}

/** A server with a true certificate of `SERVER` that answers every question with what the test says. */
export const liar = async (answer: (socket: TLSSocket) => void): Promise<AsyncDisposable & { readonly offer: BulkOffer }> => {
  const sockets = new Set<TLSSocket>()
  const server = createServer({ ...forge(SERVER), requestCert: true, rejectUnauthorized: false }, (socket) => {
    sockets.add(socket)
    socket.on('error', () => socket.destroy())
    socket.once('data', () => answer(socket))
  })
  await once(server.listen(0, LOOPBACK), 'listening')
  return {
    offer: { port: (server.address() as AddressInfo).port, ticket: new Uint8Array(38), validMs: 600_000 },
    async [Symbol.asyncDispose]() {
      const closed = once(server.close(), 'close')
      for (const socket of sockets) socket.destroy()
      await closed
    },
  }
}
