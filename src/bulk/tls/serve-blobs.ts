import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer, type Server } from 'node:https'
import type { Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'
import { type Clock, isGgenError, LIMITS, parseDigest, type PeerId } from '#core'
import { type BlobShelf, covers, type Pace } from '#bulk'
import { type Certificate, peerOfCertificate } from './certificate.ts'
import { Places } from './places.ts'
import { pour } from './pour.ts'
import { readRange } from './read-range.ts'
import type { TicketBooth } from './ticket.ts'

export interface ServeOptions {
  readonly certificate: Certificate
  readonly shelf: BlobShelf
  readonly booth: TicketBooth
  readonly clock: Clock
  /** Whether a peer may come at all. */
  readonly admits: (peer: PeerId, host: string) => boolean
  readonly pace?: Pace | undefined
  readonly stallTimeoutMs: number
}

/** TLS 1.3 has few ciphers; this one is the fastest where the processor helps. */
const CIPHERS = 'TLS_AES_128_GCM_SHA256:TLS_CHACHA20_POLY1305_SHA256:TLS_AES_256_GCM_SHA384'
const CONNECTIONS_CHECK_MS = 1000
export const TICKET_HEADER = 'ggen-ticket'
const BLOB_PATH = /^\/blob\/(sha256:[0-9a-f]{64})$/

/** The HTTPS server of a node, not yet listening: `GET /blob/<digest>` with one range, for peers with a ticket. */
export const createBlobServer = (options: ServeOptions): Server => {
  const { certificate, clock, admits } = options
  const peers = new WeakMap<object, PeerId>()
  const perPeer = new Places(LIMITS.bulkConnectionsPerPeer)
  const perHost = new Places(LIMITS.bulkHandshakesPerHost)
  const server = createServer({
    ...certificate, requestCert: true, rejectUnauthorized: false, minVersion: 'TLSv1.3', ciphers: CIPHERS, ALPNProtocols: ['http/1.1'], noDelay: true,
    handshakeTimeout: LIMITS.bulkHandshakeMs, headersTimeout: LIMITS.bulkHandshakeMs, requestTimeout: LIMITS.bulkHandshakeMs,
    keepAliveTimeout: LIMITS.bulkIdleMs, maxHeaderSize: LIMITS.bulkHeaderBytes, connectionsCheckingInterval: CONNECTIONS_CHECK_MS,
  })
  server.maxConnections = LIMITS.bulkConnections
  server.on('connection', (socket: Socket) => {
    if (!perHost.take(socket.remoteAddress ?? '', socket)) socket.destroy()
  })
  server.prependListener('secureConnection', (socket: TLSSocket) => {
    const peer = identify(socket, clock)
    if (peer === undefined || !admits(peer, socket.remoteAddress ?? '') || !perPeer.take(peer, socket)) socket.destroy()
    else peers.set(socket, peer)
  })
  const drop = (_error: Error, socket: { destroy(): unknown }): void => void socket.destroy()
  server.on('tlsClientError', drop)
  server.on('clientError', drop)
  server.on('request', (request, response) => {
    const peer = peers.get(request.socket)
    if (peer === undefined) request.socket.destroy()
    else void answer(options, { peer, request, response })
  })
  return server
}

const identify = (socket: TLSSocket, clock: Clock): PeerId | undefined => {
  try {
    const shown = socket.getPeerX509Certificate()
    return shown === undefined ? undefined : peerOfCertificate(shown.raw, clock.now())
  } catch (error) {
    if (isGgenError(error)) return undefined
    throw error
  }
}

interface Visit {
  readonly peer: PeerId
  readonly request: IncomingMessage
  readonly response: ServerResponse
}

/** Whatever goes wrong here ends this connection, and nothing else. */
const answer = async (options: ServeOptions, visit: Visit): Promise<void> => {
  const { request, response, peer } = visit
  const gone = new AbortController()
  response.once('close', () => gone.abort(new Error('the asker left')))
  try {
    const status = await serve(options, visit, gone.signal)
    if (status !== undefined) response.writeHead(status, { 'content-length': 0 }).end()
  } catch {
    // Bytes that cannot be read, an asker that left or reads too slowly: the asker sees the cut and turns to others.
    response.destroy()
  } finally {
    if (!options.admits(peer, request.socket.remoteAddress ?? '')) request.socket.destroy()
  }
}

/** Serves, or says with which status it does not. */
const serve = async (options: ServeOptions, { peer, request, response }: Visit, signal: AbortSignal): Promise<number | undefined> => {
  const { shelf, booth, clock, pace, stallTimeoutMs } = options
  if (!booth.accepts(Buffer.from(String(request.headers[TICKET_HEADER] ?? ''), 'base64url'), peer, clock.monotonic())) return 401
  if (request.method !== 'GET') return 405
  if (request.headers['content-length'] !== undefined || request.headers['transfer-encoding'] !== undefined) return 400
  const name = BLOB_PATH.exec(request.url ?? '')?.[1]
  if (name === undefined) return 404
  const digest = parseDigest(name)
  const range = readRange(request.headers.range)
  if (range === undefined) return 400
  const held = await shelf.look(digest)
  if (held === undefined) return 404
  if (range.offset + range.length > held.sizeBytes) return 416
  if (!covers(held, range.offset, range.length)) return 404
  const chunks = shelf.read(digest, range, signal)
  const last = range.offset + range.length - 1
  response.writeHead(206, { 'content-length': range.length, 'content-range': `bytes ${range.offset}-${last}/${held.sizeBytes}` })
  await pour(chunks, response, { clock, stallTimeoutMs, signal, pace: pace && ((bytes) => pace(peer, bytes, signal)) })
  return undefined
}
