import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { setTimeout as after } from 'node:timers/promises'
import { Lane } from './proxy-lane.ts'
import { carry, type Fault, type PipeOptions, type Way } from './proxy-pipe.ts'

/** A link as bad as wanted; everything is optional but where it leads. */
export interface LinkOptions {
  readonly to: { readonly port: number; readonly host?: string }
  /** Round trip: half of it each way, and one whole before a new connection carries anything, as the handshake of TCP costs. */
  readonly rttMs?: number
  /** From the side that connects; all connections share it. */
  readonly upBytesPerSecond?: number
  /** Back to the side that connects; all connections share it. */
  readonly downBytesPerSecond?: number
  readonly faults?: readonly Fault[]
}

/** A TCP proxy on 127.0.0.1. Disposing closes it and resets what is open. */
export interface Proxy extends AsyncDisposable {
  readonly port: number
  /** Connections accepted so far. */
  readonly accepted: number
  /** Connections open now. */
  readonly open: number
  /** Bytes handed on so far. */
  bytes(way: Way): number
  /** Resets every open connection; new ones are accepted. */
  cut(): void
  /** Lets nothing through until `resume`, new connections included; they stay open. */
  stall(): void
  resume(): void
}

/** Starts a proxy on a port of its own. */
export const startProxy = async (options: LinkOptions): Promise<Proxy> => {
  const link = new Link(options)
  await link.listen()
  return link
}

interface Pair {
  readonly near: Socket
  readonly far: Socket
  readonly over: AbortController
}

class Link implements Proxy {
  readonly #options: LinkOptions
  readonly #server: Server
  readonly #lanes: Readonly<Record<Way, Lane>>
  readonly #bytes: Record<Way, number> = { up: 0, down: 0 }
  readonly #pairs = new Set<Pair>()
  readonly #happened = new Set<Fault>()
  #gate: PromiseWithResolvers<void> | undefined
  accepted = 0

  constructor(options: LinkOptions) {
    this.#options = options
    this.#lanes = { up: new Lane(options.upBytesPerSecond), down: new Lane(options.downBytesPerSecond) }
    // A side that has said everything may still listen.
    this.#server = createServer({ allowHalfOpen: true, noDelay: true }, (near) => void this.#accept(near))
  }

  async listen(): Promise<void> {
    this.#server.listen(0, '127.0.0.1')
    await once(this.#server, 'listening')
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  get open(): number {
    return this.#pairs.size
  }

  bytes(way: Way): number {
    return this.#bytes[way]
  }

  cut(): void {
    for (const pair of this.#pairs) reset(pair)
  }

  stall(): void {
    this.#gate ??= Promise.withResolvers<void>()
  }

  resume(): void {
    this.#gate?.resolve()
    this.#gate = undefined
  }

  async #accept(near: Socket): Promise<void> {
    const { to: { host = '127.0.0.1', port }, rttMs = 0 } = this.#options
    this.accepted += 1
    const far = connect({ host, port, allowHalfOpen: true, noDelay: true })
    const pair = { near, far, over: new AbortController() }
    this.#pairs.add(pair)
    for (const socket of [near, far]) socket.on('error', () => reset(pair)).on('close', () => this.#closed(pair))
    try {
      const { signal } = pair.over
      await once(far, 'connect', { signal })
      if (rttMs > 0) await after(rttMs, undefined, { signal })
      await Promise.all([carry(near, far, this.#way('up', pair)), carry(far, near, this.#way('down', pair))])
    } catch {
      // A socket's error or our own cut: to end is all that a line can do, and both sides see it.
      reset(pair)
    }
  }

  async #passable({ over }: Pair): Promise<void> {
    if (this.#gate === undefined) return
    await Promise.race([this.#gate.promise, once(over.signal, 'abort')])
    over.signal.throwIfAborted()
  }

  #closed(pair: Pair): void {
    if (pair.near.closed && pair.far.closed) this.#pairs.delete(pair)
  }

  #way(way: Way, pair: Pair): PipeOptions {
    return {
      lane: this.#lanes[way],
      delayMs: (this.#options.rttMs ?? 0) / 2,
      faults: (this.#options.faults ?? []).filter((fault) => fault.way === way),
      mayHappen: (fault) => {
        if (fault.once === true && this.#happened.has(fault)) return false
        this.#happened.add(fault)
        return true
      },
      open: () => this.#passable(pair),
      stall: () => this.stall(),
      cut: () => reset(pair),
      signal: pair.over.signal,
      passed: (bytes) => {
        this.#bytes[way] += bytes
      },
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.close()
    this.resume()
    this.cut()
    await once(this.#server, 'close')
  }
}

const reset = ({ near, far, over }: Pair): void => {
  over.abort()
  for (const socket of [near, far]) {
    if (socket.destroyed) continue
    // libuv resets neither what is still being connected nor what is being shut down, and then never closes it: the process would not end.
    if (socket.connecting || socket.writableEnded) socket.destroy()
    else socket.resetAndDestroy()
  }
}
