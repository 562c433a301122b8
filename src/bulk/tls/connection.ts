import type { OnReadOpts } from 'node:net'
import { connect, type ConnectionOptions, type SecureContext, type TLSSocket } from 'node:tls'
import { type Clock, GgenError, LIMITS, type PeerId } from '#core'
import { peerOfCertificate } from './certificate.ts'

/** Where a peer's channel listens. */
export interface Address {
  readonly host: string
  readonly port: number
}

export interface DialOptions {
  /** Own key and certificate, and the ciphers. */
  readonly context: SecureContext
  readonly clock: Clock
  readonly connectTimeoutMs: number
}

/** Takes what comes over a connection, one read after the other. */
export interface Receiver {
  /** Where the next bytes go; not empty while it is not over. */
  space(): Uint8Array
  /** So many bytes are there now; false: hold the peer back until `resume`. */
  filled(bytes: number): boolean
  broke(error: Error): void
  /** Whether it takes no more. */
  readonly isOver: boolean
}

/** The most that one record of TLS brings. */
const LANDING_BYTES = 16 * 1024
/** The server closes what is idle for `LIMITS.bulkIdleMs`; to be first saves a question into the void. */
const IDLE_MS = LIMITS.bulkIdleMs * 0.8

/** One connection to a peer that has proven who it is; one question at a time. What comes unasked ends it. */
export class Connection {
  readonly #socket: TLSSocket
  readonly #peer: PeerId
  /** Where bytes come down while nobody waits for any: the beginning of each answer. */
  readonly #landing = new Uint8Array(LANDING_BYTES)
  #receiver: Receiver | undefined

  private constructor(peer: PeerId, { host, port }: Address, context: SecureContext) {
    this.#peer = peer
    // Node writes what it has decrypted straight into these buffers; its types do not know that of TLS.
    const options: ConnectionOptions & { readonly onread: OnReadOpts } = {
      host, port, secureContext: context, minVersion: 'TLSv1.3', ALPNProtocols: ['http/1.1'],
      // No authority vouches for a peer: its certificate is checked in `open`, before anything is sent.
      rejectUnauthorized: false,
      onread: { buffer: () => this.#receiver?.space() ?? this.#landing, callback: (bytes, buffer) => this.#received(bytes, buffer) },
    }
    this.#socket = connect(options)
    this.#socket.setNoDelay(true)
    this.#socket.on('error', (cause: Error) => this.#broken(`broke: ${cause.message}`, cause))
    this.#socket.once('end', () => this.close())
    this.#socket.once('close', () => this.#broken('was closed'))
    this.#socket.on('timeout', () => this.close())
  }

  /** Connects and checks who answers. Throws `peer-unreachable`, or the reason of the signal. */
  static async open(peer: PeerId, address: Address, { dial, signal }: { readonly dial: DialOptions; readonly signal: AbortSignal }): Promise<Connection> {
    signal.throwIfAborted()
    const { context, clock, connectTimeoutMs } = dial
    const connection = new Connection(peer, address, context)
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const late = clock.timeout(connectTimeoutMs)
    const leave = (): void => reject(signal.reason instanceof Error ? signal.reason : new GgenError('cancelled', 'the reading was given up'))
    const tooLate = (): void => reject(connection.#unreachable('does not answer'))
    signal.addEventListener('abort', leave, { once: true })
    late.addEventListener('abort', tooLate, { once: true })
    connection.#receiver = connection.#untilOpen(reject)
    connection.#socket.once('secureConnect', resolve)
    try {
      await promise
      connection.#check(clock.now())
      connection.#receiver = undefined
      return connection
    } catch (error) {
      connection.close()
      throw error
    } finally {
      signal.removeEventListener('abort', leave)
      late.removeEventListener('abort', tooLate)
    }
  }

  get isOpen(): boolean {
    return !this.#socket.destroyed
  }

  /** Calls back once, when it has come to its end. */
  onClose(listener: () => void): void {
    if (this.#socket.closed) listener()
    else this.#socket.once('close', listener)
  }

  /** Sends a question; all that comes from now on goes to `receiver`. */
  ask(question: string, receiver: Receiver): void {
    this.#receiver = receiver
    this.#socket.setTimeout(0)
    if (this.isOpen) this.#socket.write(question, 'latin1')
    else this.#broken('was closed')
  }

  /** Waits for the next question, for a time. */
  rest(): void {
    this.#receiver = undefined
    this.#socket.setTimeout(IDLE_MS)
    this.#socket.resume()
  }

  /** The receiver has space again. */
  resume(): void {
    this.#socket.resume()
  }

  close(reason?: Error): void {
    if (reason !== undefined) this.#receiver?.broke(reason)
    this.#socket.destroy()
  }

  #untilOpen(reject: (error: Error) => void): Receiver {
    const filled = (): boolean => {
      reject(this.#unreachable('speaks unasked'))
      return false
    }
    return { space: () => this.#landing, filled, broke: reject, isOver: false }
  }

  #received(bytes: number, buffer: Uint8Array): boolean {
    if (buffer !== this.#landing) return this.#tell(bytes)
    let goesOn = true
    for (let rest = buffer.subarray(0, bytes); rest.length > 0; ) {
      const space = this.#receiver?.space()
      if (space === undefined) {
        this.close()
        return false
      }
      const part = rest.subarray(0, space.length)
      space.set(part)
      rest = rest.subarray(part.length)
      goesOn = this.#tell(part.length)
    }
    return goesOn
  }

  #tell(bytes: number): boolean {
    const goesOn = this.#receiver?.filled(bytes) ?? false
    if (this.#receiver?.isOver === true) this.#receiver = undefined
    return goesOn
  }

  #check(nowMs: number): void {
    let found: PeerId | undefined
    try {
      const shown = this.#socket.getPeerX509Certificate()
      found = shown && peerOfCertificate(shown.raw, nowMs)
    } catch (error) {
      throw this.#unreachable('shows no certificate of a peer', error)
    }
    if (found !== this.#peer) throw this.#unreachable('is answered by somebody else')
  }

  #broken(how: string, cause?: Error): void {
    const receiver = this.#receiver
    this.#receiver = undefined
    receiver?.broke(this.#unreachable(how, cause))
  }

  #unreachable(why: string, cause?: unknown): GgenError {
    return new GgenError('peer-unreachable', `the bulk channel of ${this.#peer} ${why}`, { cause })
  }
}
