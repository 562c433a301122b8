import { randomBytes } from 'node:crypto'
import { createSecureContext } from 'node:tls'
import { BufferPool, type Clock, type Events, GgenError, isGgenError, LIMITS, type PeerId } from '#core'
import type { BlobRequest, BlobShelf, BulkChannel, BulkOffer, Carrier, Pace } from '#bulk'
import { createCertificate } from './certificate.ts'
import { getRange } from './get-range.ts'
import { Routes } from './routes.ts'
import { BlobServer, CIPHERS, type ListenAddress } from './serve-blobs.ts'
import { TicketBooth } from './ticket.ts'

export interface TlsOptions {
  /** The node's Ed25519 key in its protobuf form. */
  readonly peerKey: Uint8Array
  /** Absent: the node fetches, and gives nothing this way. Port 0: any free one. */
  readonly listen?: ListenAddress
  readonly shelf: BlobShelf
  readonly clock: Clock
  /** Whether a peer may come, asked at each connection and after each answer. */
  readonly admits: (peer: PeerId, host: string) => boolean
  /** Waits before bytes are sent. */
  readonly pace?: Pace
  /** Hear of what breaks on this side while bytes are given. */
  readonly events?: Events
  /** In place of `LIMITS.stallTimeoutMs`. */
  readonly stallTimeoutMs?: number
}

/**
 * The bulk channel over HTTPS, docs/protocol/bulk.md: TLS 1.3 with certificates that prove the peer id on both sides. Throws `port-in-use`,
 * and `config-invalid` for a key that is not Ed25519.
 */
export const openTlsChannel = async (options: TlsOptions): Promise<BulkChannel> => {
  const { peerKey, listen, shelf, clock, admits, pace, stallTimeoutMs = LIMITS.stallTimeoutMs } = options
  const certificate = createCertificate(peerKey, clock.now())
  const booth = new TicketBooth(randomBytes(32))
  const server = new BlobServer({ certificate, shelf, booth, clock, admits, pace, stallTimeoutMs, events: options.events })
  const port = listen && (await server.listen(listen))
  const context = createSecureContext({ ...certificate, ciphers: CIPHERS, minVersion: 'TLSv1.3' })
  const lots = new BufferPool(LIMITS.lotBytes, LIMITS.pooledLots)
  const routes = new Routes({ context, clock, connectTimeoutMs: Math.min(LIMITS.bulkConnectMs, stallTimeoutMs) })

  async function* read(wanted: BlobRequest, signal: AbortSignal): AsyncGenerator<Uint8Array> {
    signal.throwIfAborted()
    const route = routes.find(wanted.peer)
    if (route === undefined) throw new GgenError('peer-unreachable', `${wanted.peer} has told no way to its bulk channel`)
    try {
      yield* getRange({ route, clock, lots, stallTimeoutMs }, wanted, signal)
    } catch (error) {
      if (isGgenError(error, 'denied')) routes.refused(wanted.peer, route)
      throw error
    }
  }

  return {
    carrier: (peer): Carrier | undefined => (routes.find(peer) === undefined ? undefined : 'tls'),
    offer: (to): BulkOffer | undefined => {
      if (port === undefined) return undefined
      return { port, ticket: booth.issue(to, clock.monotonic() + LIMITS.bulkTicketMs), validMs: LIMITS.bulkTicketMs }
    },
    learn: (from, host, offer) => routes.learn(from, host, offer),
    read,
    isReady: (peer) => routes.find(peer)?.connections.isReady === true,
    prepare: (peer) => routes.find(peer)?.connections.prepare(),
    recycle: (chunk) => lots.give(chunk),
    async [Symbol.asyncDispose]() {
      routes[Symbol.dispose]()
      await server[Symbol.asyncDispose]()
    },
  }
}
