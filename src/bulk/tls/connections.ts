import { Agent, type RequestOptions } from 'node:https'
import type { Duplex } from 'node:stream'
import { connect } from 'node:tls'
import { type Clock, GgenError, LIMITS, type PeerId } from '#core'
import { type Certificate, peerOfCertificate } from './certificate.ts'

/** Where a peer's channel listens. */
export interface Route {
  readonly host: string
  readonly port: number
}

export interface DialOptions {
  readonly certificate: Certificate
  readonly clock: Clock
  readonly connectTimeoutMs: number
}

/** Kept connections to one peer; every new one proves its peer before the first request is sent. */
export class PeerAgent extends Agent {
  readonly #peer: PeerId
  readonly #dial: DialOptions

  constructor(peer: PeerId, dial: DialOptions) {
    super({ keepAlive: true, maxSockets: LIMITS.bulkConnectionsPerPeer, maxCachedSessions: 0, timeout: LIMITS.bulkIdleMs })
    this.#peer = peer
    this.#dial = dial
  }

  override createConnection(options: RequestOptions, callback: (error: Error | null, socket: Duplex) => void): undefined {
    const { certificate, clock, connectTimeoutMs } = this.#dial
    const { host, port } = options
    const socket = connect({
      host: host ?? '', port: Number(port), ...certificate, minVersion: 'TLSv1.3', ALPNProtocols: ['http/1.1'],
      // No authority vouches for a peer: its certificate is checked below, before anything is sent.
      rejectUnauthorized: false,
    })
    const late = clock.timeout(connectTimeoutMs)
    const end = (error?: GgenError): void => {
      late.removeEventListener('abort', tooLate)
      socket.off('error', broken)
      socket.off('close', closed)
      if (error === undefined) {
        callback(null, socket)
        return
      }
      socket.destroy()
      callback(error, socket)
    }
    const fail = (why: string, cause?: unknown): void => end(new GgenError('peer-unreachable', `the bulk channel of ${this.#peer} ${why}`, { cause }))
    const broken = (cause: Error): void => fail(`cannot be reached: ${cause.message}`, cause)
    const closed = (): void => fail('closed')
    const tooLate = (): void => fail('does not answer')
    late.addEventListener('abort', tooLate, { once: true })
    socket.once('error', broken)
    socket.once('close', closed)
    socket.once('secureConnect', () => {
      try {
        const shown = socket.getPeerX509Certificate()
        const found = shown === undefined ? undefined : peerOfCertificate(shown.raw, clock.now())
        if (found === this.#peer) end()
        else fail('is answered by somebody else')
      } catch (error) {
        fail('shows no certificate of a peer', error)
      }
    })
    return undefined
  }
}
