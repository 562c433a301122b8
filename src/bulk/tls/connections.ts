import { GgenError, isGgenError, LIMITS, type PeerId } from '#core'
import { type Address, Connection, type DialOptions } from './connection.ts'

/** What is wanted at once has the processor first: a handshake takes several milliseconds of it. */
const PREPARE_MS = 20

/** Someone who waits for a place. */
interface Waiting {
  readonly serve: () => void
  readonly refuse: (error: Error) => void
}

/**
 * The connections to one peer at one address: at most `LIMITS.bulkConnectionsPerPeer` at once, as the other side allows no more; whoever
 * comes then waits for a place, first come, first served. Connections that rest are used again, the last one first.
 */
export class Connections {
  readonly #peer: PeerId
  readonly #address: Address
  readonly #dial: DialOptions
  /** Open, opening or closing: each takes a place. */
  readonly #all = new Set<Connection>()
  #opening = 0
  #isPreparing = false
  readonly #resting: Connection[] = []
  readonly #waiting = new Set<Waiting>()
  #end: Error | undefined
  #isRetired = false
  #whenEmpty: (() => void) | undefined

  constructor(peer: PeerId, address: Address, dial: DialOptions) {
    this.#peer = peer
    this.#address = address
    this.#dial = dial
  }

  /**
   * A connection for one question, to be given back. `isKept`: it served before, and the peer may just have closed it. Throws
   * `peer-unreachable`, `too-busy` when there is no place within `patienceMs`, or the reason of the signal.
   */
  async take(patienceMs: number, signal: AbortSignal): Promise<{ readonly connection: Connection; readonly isKept: boolean }> {
    signal.throwIfAborted()
    // Somebody else may have been quicker than the one whose turn it was.
    while (!this.#hasPlace) await this.#turn(patienceMs, signal)
    if (this.#end !== undefined) throw this.#end
    const kept = this.#resting.pop()
    return kept === undefined ? { connection: await this.#open(signal), isKept: false } : { connection: kept, isKept: true }
  }

  /** Whether a connection rests and waits for a question. */
  get isReady(): boolean {
    return this.#resting.length > 0
  }

  /** Where there is no connection at all, one is made, a moment later. */
  prepare(): void {
    if (this.#isMissing && !this.#isPreparing) void this.#makeReady()
  }

  /** The peer has closed a connection that rested: the others will not be better. */
  closeResting(): void {
    for (const connection of this.#resting.splice(0)) connection.close()
  }

  /** `isClean`: the answer was taken to its end, so that the connection can be asked again. */
  give(connection: Connection, isClean: boolean): void {
    if (!isClean || !connection.isOpen || this.#isRetired || this.#end !== undefined) {
      connection.close()
      return
    }
    connection.rest()
    this.#resting.push(connection)
    this.#serveNext()
  }

  /** Lets come to their end what is under way, and closes the rest: the peer has moved. Calls back when nothing is left. */
  retire(whenEmpty: () => void): void {
    this.#isRetired = true
    this.#whenEmpty = whenEmpty
    this.closeResting()
    this.#tellEmpty()
  }

  /** Ends everything; whoever is reading or waiting gets the reason. */
  end(reason: Error): void {
    this.#end = reason
    this.#resting.length = 0
    for (const connection of this.#all) connection.close(reason)
    this.#refuseAll(reason)
  }

  get #isMissing(): boolean {
    return this.#all.size + this.#opening === 0 && !this.#isRetired && this.#end === undefined
  }

  get #hasPlace(): boolean {
    return this.#end !== undefined || this.#resting.length > 0 || this.#all.size + this.#opening < LIMITS.bulkConnectionsPerPeer
  }

  async #open(signal: AbortSignal): Promise<Connection> {
    this.#opening++
    try {
      const connection = await Connection.open(this.#peer, this.#address, { dial: this.#dial, signal })
      this.#all.add(connection)
      connection.onClose(() => this.#forget(connection))
      if (this.#end === undefined) return connection
      connection.close()
      throw this.#end
    } catch (error) {
      // Whoever waits for a place would only meet the same, some seconds later.
      if (this.#all.size === 0 && isGgenError(error, 'peer-unreachable')) this.#refuseAll(error)
      throw error
    } finally {
      this.#opening--
      this.#serveNext()
      this.#tellEmpty()
    }
  }

  /** Whoever asks next finds out what is wrong with the peer. */
  async #makeReady(): Promise<void> {
    this.#isPreparing = true
    await this.#dial.clock.wait(PREPARE_MS, new AbortController().signal)
    this.#isPreparing = false
    if (!this.#isMissing) return
    const [opened] = await Promise.allSettled([this.#open(new AbortController().signal)])
    if (opened.status === 'fulfilled') this.give(opened.value, true)
  }

  #forget(connection: Connection): void {
    this.#all.delete(connection)
    const resting = this.#resting.indexOf(connection)
    if (resting >= 0) this.#resting.splice(resting, 1)
    this.#serveNext()
    this.#tellEmpty()
  }

  #tellEmpty(): void {
    if (this.#all.size + this.#opening + this.#waiting.size === 0) this.#whenEmpty?.()
  }

  /** Waits until there is a connection to use or a place for a new one. */
  async #turn(patienceMs: number, signal: AbortSignal): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const waiting = { serve: resolve, refuse: reject }
    const late = this.#dial.clock.timeout(patienceMs)
    const leave = (): void => reject(signal.reason instanceof Error ? signal.reason : new GgenError('cancelled', 'the reading was given up'))
    const tooLate = (): void => reject(new GgenError('too-busy', `all connections to ${this.#peer} are in use`))
    signal.addEventListener('abort', leave, { once: true })
    late.addEventListener('abort', tooLate, { once: true })
    if (this.#waiting.size >= LIMITS.pendingQuestions) tooLate()
    this.#waiting.add(waiting)
    try {
      await promise
    } finally {
      this.#waiting.delete(waiting)
      signal.removeEventListener('abort', leave)
      late.removeEventListener('abort', tooLate)
    }
  }

  #refuseAll(reason: Error): void {
    for (const { refuse } of this.#waiting) refuse(reason)
    this.#waiting.clear()
  }

  #serveNext(): void {
    const [next] = this.#waiting
    if (next === undefined || !this.#hasPlace) return
    this.#waiting.delete(next)
    next.serve()
  }
}
