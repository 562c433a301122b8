import { once } from 'node:events'
import type { AddressInfo, Socket } from 'node:net'
import { connect, createServer, type TLSSocket } from 'node:tls'
import type { BlobRequest, BlobShelf, BulkChannel } from '#bulk'
import { openTlsChannel, type TlsOptions } from '#bulk/tls'
import { type Digest, digestOf } from '#core'
import { type KnownPeer, knownPeer, realClock, until } from '#testing'
import { makeCertificate } from './bulk-certificates.ts'

export const ALICE = knownPeer('alice')
export const BOB = knownPeer('bob')
export const MALLORY = knownPeer('mallory')
/** In place of 15 seconds. */
export const STALL_MS = 300

/** Gives slices of one blob, and counts. */
export class OneBlob implements BlobShelf {
  readonly #content: Uint8Array
  readonly digest: Digest
  givenBytes = 0

  constructor(content: Uint8Array) {
    this.#content = content
    this.digest = digestOf(content)
  }

  async look(digest: Digest): Promise<{ readonly sizeBytes: number } | undefined> {
    return digest === this.digest ? { sizeBytes: this.#content.length } : undefined
  }

  async *read(_digest: Digest, { offset, length }: { readonly offset: number; readonly length: number }): AsyncGenerator<Uint8Array> {
    for (let at = offset; at < offset + length; at += 65_536) {
      const chunk = this.#content.slice(at, Math.min(offset + length, at + 65_536))
      this.givenBytes += chunk.length
      yield chunk
    }
  }
}

export interface Victim extends AsyncDisposable {
  readonly channel: BulkChannel
  readonly port: number
  /** A ticket for a peer, as the header that shows it. */
  ticket(peer: KnownPeer): string
}

/** Bob, who gives one blob. */
export const openVictim = async (shelf: BlobShelf, change: Partial<TlsOptions> = {}): Promise<Victim> => {
  const listen = { host: '0.0.0.0', port: 0 }
  const channel = await openTlsChannel({ peerKey: BOB.peerKey, listen, shelf, clock: realClock, admits: () => true, stallTimeoutMs: STALL_MS, ...change })
  const { port } = channel.offer(ALICE.id) ?? { port: 0 }
  const ticket = (peer: KnownPeer): string => `ggen-ticket: ${Buffer.from(channel.offer(peer.id)?.ticket ?? '').toString('base64url')}`
  return { channel, port, ticket, [Symbol.asyncDispose]: () => channel[Symbol.asyncDispose]() }
}

/** Alice, honest, who knows the way to Bob. */
export const openAsker = async (victim: Pick<Victim, 'channel' | 'port'>, host = '127.0.0.1'): Promise<BulkChannel> => {
  const shelf = new OneBlob(new Uint8Array(1))
  const alice = await openTlsChannel({ peerKey: ALICE.peerKey, shelf, clock: realClock, admits: () => true, stallTimeoutMs: 2000 })
  const offer = victim.channel.offer(ALICE.id)
  if (offer !== undefined) alice.learn(BOB.id, host, offer)
  return alice
}

export const readAll = async (from: BulkChannel, request: BlobRequest): Promise<Buffer> =>
  Buffer.concat(await Array.fromAsync(from.read(request, AbortSignal.timeout(30_000))))

export interface Knock {
  readonly port: number
  readonly host?: string
  /** Absent: no certificate is shown. */
  readonly certificate?: { readonly key: string; readonly cert: string }
}

/** A TLS connection of somebody who keeps to nothing; resolves when the handshake is over or refused. */
export const knock = async ({ port, host = '127.0.0.1', certificate }: Knock): Promise<TLSSocket> => {
  const socket = connect({ host, port, ...certificate, rejectUnauthorized: false, ALPNProtocols: ['http/1.1'] })
  socket.on('error', () => socket.destroy())
  await Promise.race([once(socket, 'secureConnect'), once(socket, 'close')])
  return socket
}

/** Everything that is said until the other side hangs up. */
export const untilClosed = async (socket: TLSSocket): Promise<string> => {
  let text = ''
  socket.on('data', (chunk: Buffer) => void (text += chunk.toString('latin1')))
  await until('the connection is closed', () => socket.closed)
  return text
}

export interface Liar extends AsyncDisposable {
  readonly port: number
  readonly sockets: ReadonlySet<Socket>
}

/** A server with the certificate of Bob, or any, that does as the test says with each connection. */
export const openLiar = async (meet: (socket: TLSSocket) => void, certificate = makeCertificate({ names: BOB })): Promise<Liar> => {
  const sockets = new Set<Socket>()
  const options = { key: certificate.key, cert: certificate.cert, requestCert: true, rejectUnauthorized: false, ALPNProtocols: ['http/1.1'] }
  const server = createServer(options, (socket) => {
    // The victim hangs up in the middle.
    socket.on('error', () => socket.destroy())
    meet(socket)
  })
  server.on('connection', (socket) => sockets.add(socket.once('close', () => sockets.delete(socket))))
  server.on('tlsClientError', (_error, socket) => socket.destroy())
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    sockets,
    async [Symbol.asyncDispose]() {
      const closed = once(server.close(), 'close')
      for (const socket of sockets) socket.destroy()
      await closed
    },
  }
}
