import { once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer, type Server } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'
import { type Clock, type Events, GgenError, isGgenError, LIMITS, type PeerId, toGgenError } from '#core'
import { type AnswerOptions, answerRange } from './answer-range.ts'
import { type Certificate, peerOfCertificate } from './certificate.ts'
import { Places } from './places.ts'
import type { TicketBooth } from './ticket.ts'

export interface ServeOptions extends AnswerOptions {
  readonly certificate: Certificate
  readonly booth: TicketBooth
  /** Whether a peer may come at all. */
  readonly admits: (peer: PeerId, host: string) => boolean
  /** Hear of what breaks on this side. */
  readonly events?: Events | undefined
}

/** TLS 1.3 has few ciphers; the first one is the fastest where the processor helps. */
export const CIPHERS = 'TLS_AES_128_GCM_SHA256:TLS_CHACHA20_POLY1305_SHA256:TLS_AES_256_GCM_SHA384'
export const TICKET_HEADER = 'ggen-ticket'
const CONNECTIONS_CHECK_MS = 1000
/** Refusals after which a well-meaning asker has more questions. */
const MAY_STAY: ReadonlySet<number> = new Set([404, 416])

/** The HTTPS server of a node: `GET /blob/<digest>` with one range, for peers with a ticket. */
export class BlobServer implements AsyncDisposable {
  readonly #server: Server
  readonly #lobby: Lobby

  constructor(options: ServeOptions) {
    const lobby = new Lobby(options)
    const server = createServer({
      ...options.certificate, requestCert: true, rejectUnauthorized: false, minVersion: 'TLSv1.3', ciphers: CIPHERS, ALPNProtocols: ['http/1.1'], noDelay: true,
      handshakeTimeout: LIMITS.bulkHandshakeMs, headersTimeout: LIMITS.bulkHandshakeMs, requestTimeout: LIMITS.bulkHandshakeMs,
      keepAliveTimeout: LIMITS.bulkIdleMs, maxHeaderSize: LIMITS.bulkHeaderBytes, connectionsCheckingInterval: CONNECTIONS_CHECK_MS,
    })
    server.on('connection', (socket: Socket) => lobby.arrived(socket))
    // Before Node's own listener, which begins to read questions.
    server.prependListener('secureConnection', (socket: TLSSocket) => lobby.identified(socket))
    const drop = (_error: Error, socket: { destroy(): unknown }): void => void socket.destroy()
    // Out of descriptors, for one: whoever knocks now is not heard, the others go on. While it does not listen yet, `listen` hears it too.
    server.on('error', () => undefined)
    server.on('tlsClientError', drop)
    server.on('clientError', drop)
    server.on('request', (request, response) => lobby.asked(request, response))
    this.#server = server
    this.#lobby = lobby
  }

  /** Listens and resolves to the port. Throws `port-in-use`, or `config-invalid` for an address that is not this machine's. */
  async listen({ host, port }: ListenAddress): Promise<number> {
    this.#server.listen(port, host)
    try {
      await once(this.#server, 'listening')
    } catch (error) {
      const isTaken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE'
      throw new GgenError(isTaken ? 'port-in-use' : 'config-invalid', `cannot listen on ${host} port ${port} for bulk transfers`, { cause: error })
    }
    return (this.#server.address() as AddressInfo).port
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#server.listening) return
    const closed = once(this.#server, 'close')
    this.#server.close()
    this.#lobby.clear()
    await closed
  }
}

/** Where to listen. Port 0: any free one. */
export interface ListenAddress {
  readonly host: string
  readonly port: number
}

/** One connection, from its first packet on. */
class Caller {
  readonly host: string
  readonly #socket: Socket
  peer: PeerId | undefined
  isGuest = false
  isBusy = false

  constructor(host: string, socket: Socket) {
    this.host = host
    this.#socket = socket
  }

  leave(): void {
    this.#socket.destroy()
  }
}

/**
 * Who may stay. Strangers are all who have not shown a ticket yet: few, and for seconds only. Guests have shown one, and no one else's idleness
 * or number keeps them out. Both are bounded by host, guests also by peer; docs/protocol/bulk.md says what that withstands.
 */
class Lobby {
  readonly #options: ServeOptions
  readonly #callers = new Map<string, Caller>()
  readonly #strangers = new Places<Caller>([
    { most: LIMITS.bulkStrangersPerHost, keyOf: ({ host }) => host },
    { most: LIMITS.bulkStrangers, keyOf: () => '' },
  ])
  readonly #guests = new Places<Caller>([
    { most: LIMITS.bulkGuestsPerPeer, keyOf: ({ peer = '' }) => peer },
    { most: LIMITS.bulkGuestsPerHost, keyOf: ({ host }) => host },
    { most: LIMITS.bulkGuests, keyOf: () => '' },
  ])

  constructor(options: ServeOptions) {
    this.#options = options
  }

  /** Sends everybody away, also those in the middle of their handshake. */
  clear(): void {
    for (const caller of this.#callers.values()) caller.leave()
  }

  arrived(socket: Socket): void {
    const name = nameOf(socket)
    const caller = new Caller(socket.remoteAddress ?? '', socket)
    this.#callers.set(name, caller)
    socket.once('close', () => {
      this.#strangers.left(caller)
      this.#guests.left(caller)
      if (this.#callers.get(name) === caller) this.#callers.delete(name)
    })
    this.#strangers.enter(caller)
  }

  identified(socket: TLSSocket): void {
    const caller = this.#callers.get(nameOf(socket))
    const peer = identify(socket, this.#options.clock)
    if (caller === undefined || peer === undefined || !this.#options.admits(peer, caller.host)) socket.destroy()
    else caller.peer = peer
  }

  asked(request: IncomingMessage, response: ServerResponse): void {
    const caller = this.#callers.get(nameOf(request.socket))
    const { peer } = caller ?? {}
    // Whoever asks again before the answer has come would hold more than one place.
    if (caller === undefined || peer === undefined || caller.isBusy || !this.#options.admits(peer, caller.host)) {
      request.socket.destroy()
      return
    }
    caller.isBusy = true
    response.once('close', () => {
      caller.isBusy = false
      this.#guests.served(caller)
    })
    void this.#answer(caller, peer, { request, response })
  }

  /** Whatever goes wrong here ends this connection, and nothing else. */
  async #answer(caller: Caller, peer: PeerId, { request, response }: { readonly request: IncomingMessage; readonly response: ServerResponse }): Promise<void> {
    const gone = new AbortController()
    response.once('close', () => gone.abort(new Error('the asker left')))
    response.sendDate = false
    try {
      const status = this.#refusal(caller, peer, request) ?? (await answerRange(this.#options, { peer, request, response }, gone.signal))
      if (status === undefined) return
      response.writeHead(status, { 'content-length': 0, ...(!MAY_STAY.has(status) && { connection: 'close' }) }).end()
    } catch (error) {
      // The asker sees the cut and turns to others. That it left or reads too slowly is no fault of this side.
      const { code, message } = toGgenError(error)
      if (!gone.signal.aborted && code !== 'timeout') this.#options.events?.emit({ type: 'task-failed', task: 'give a blob', code, message })
      response.destroy()
    } finally {
      if (!this.#options.admits(peer, caller.host)) request.socket.destroy()
    }
  }

  /** A good ticket makes a guest of a stranger. */
  #refusal(caller: Caller, peer: PeerId, request: IncomingMessage): number | undefined {
    const { booth, clock } = this.#options
    const ticket = Buffer.from(String(request.headers[TICKET_HEADER] ?? ''), 'base64url')
    if (!booth.accepts(ticket, peer, clock.monotonic())) return 401
    if (caller.isGuest) return undefined
    if (!this.#guests.enter(caller)) return 503
    caller.isGuest = true
    this.#strangers.left(caller)
    return undefined
  }
}

/** Tells the connections of a server apart, before and after the handshake. */
const nameOf = ({ remoteAddress, remotePort }: Socket): string => `${remoteAddress} ${remotePort}`

const identify = (socket: TLSSocket, clock: Clock): PeerId | undefined => {
  try {
    const shown = socket.getPeerX509Certificate()
    return shown && peerOfCertificate(shown.raw, clock.now())
  } catch (error) {
    if (isGgenError(error)) return undefined
    throw error
  }
}
