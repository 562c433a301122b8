import { once } from 'node:events'
import type { AddressInfo, Socket } from 'node:net'
import { Readable } from 'node:stream'
import { createServer, type TLSSocket } from 'node:tls'
import type { BlobShelf, BulkChannel } from '#bulk'
import { type KnownPeer, realClock } from '#testing'
import { createCertificate } from './certificate.ts'
import { openTlsChannel, type TlsOptions } from './open-tls-channel.ts'

/** Holds nothing. */
export const EMPTY_SHELF: BlobShelf = { look: async () => undefined, read: () => Readable.from([]) }

/** Listens on a free port of this machine as `peer`, unless told otherwise. */
export const openFor = (peer: KnownPeer, change: Partial<TlsOptions> = {}): Promise<BulkChannel> =>
  openTlsChannel({
    peerKey: peer.peerKey, listen: { host: '127.0.0.1', port: 0 }, shelf: EMPTY_SHELF, clock: realClock, admits: () => true, ...change,
  })

/** Makes `asker` know the way to `giver`, as `/ggen/have/1` does. */
export const introduce = (asker: readonly [KnownPeer, BulkChannel], giver: readonly [KnownPeer, BulkChannel]): void => {
  const offer = giver[1].offer(asker[0].id)
  if (offer === undefined) throw new Error('the giver does not listen')
  asker[1].learn(giver[0].id, '127.0.0.1', offer)
}

/** A server with the certificate of a peer that does as the test says with each connection. */
export interface OwnServer extends AsyncDisposable {
  readonly port: number
  /** Open now. */
  readonly sockets: ReadonlySet<TLSSocket>
  /** Connections that there ever were. */
  readonly count: number
}

/** Starts one; `meet` gets each connection after its handshake. */
export const ownServer = async (peer: KnownPeer, meet: (socket: TLSSocket) => void): Promise<OwnServer> => {
  const sockets = new Set<TLSSocket>()
  const wires = new Set<Socket>()
  let count = 0
  const certificate = createCertificate(peer.peerKey, Date.now())
  const server = createServer({ ...certificate, requestCert: true, rejectUnauthorized: false, ALPNProtocols: ['http/1.1'] }, (socket) => {
    sockets.add(socket)
    count += 1
    // The other side may leave in the middle of anything.
    socket.on('error', () => socket.destroy())
    socket.once('close', () => sockets.delete(socket))
    meet(socket)
  })
  server.on('connection', (wire) => wires.add(wire))
  server.on('tlsClientError', (_error, socket) => socket.destroy())
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    sockets,
    get count() {
      return count
    },
    async [Symbol.asyncDispose]() {
      const closed = once(server.close(), 'close')
      // Also those whose handshake never came to its end.
      for (const wire of wires) wire.destroy()
      await closed
    },
  }
}
