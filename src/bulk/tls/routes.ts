import { type Clock, GgenError, LIMITS, type PeerId } from '#core'
import type { BulkOffer } from '#bulk'
import type { Address, DialOptions } from './connection.ts'
import { Connections } from './connections.ts'

/** How a peer is reached: its connections, and the ticket for them. */
export interface OpenRoute extends Address {
  readonly ticket: Uint8Array
  /** Of the monotonic clock. */
  readonly untilMs: number
  readonly connections: Connections
}

/** The ticket was made some time before it came here, and a question takes time to arrive: it is not used to its last moment. */
const USED_SHARE = 0.95

/** What peers offered, newest last, bounded; connections outlive a renewed ticket. Disposing ends them all. */
export class Routes implements Disposable {
  readonly #routes = new Map<PeerId, OpenRoute>()
  readonly #dial: DialOptions
  readonly #clock: Clock
  /** Connections that are left to come to their end. */
  readonly #leaving = new Set<Connections>()

  constructor(dial: DialOptions) {
    this.#dial = dial
    this.#clock = dial.clock
  }

  /** The route whose ticket is still good. */
  find(peer: PeerId): OpenRoute | undefined {
    const route = this.#routes.get(peer)
    return route !== undefined && route.untilMs > this.#clock.monotonic() ? route : undefined
  }

  /**
   * Takes the place of what was known of this peer. When it has moved, or is only seen from another side, what is under way comes to its end on
   * the old connections. An offer that cannot be right is ignored: there is the stream.
   */
  learn(peer: PeerId, host: string, { port, ticket, validMs }: BulkOffer): void {
    if (!Number.isInteger(port) || port < 1 || port > 65_535 || ticket.length > LIMITS.bulkTicketBytes) return
    const known = this.#routes.get(peer)
    const isSame = known !== undefined && known.host === host && known.port === port
    if (known !== undefined && !isSame) this.#retire(known.connections)
    this.#routes.delete(peer)
    const connections = isSame ? known.connections : new Connections(peer, { host, port }, this.#dial)
    const untilMs = this.#clock.monotonic() + Math.min(validMs, LIMITS.bulkTicketMs) * USED_SHARE
    this.#routes.set(peer, { host, port, ticket, untilMs, connections })
    const [oldest] = this.#routes
    if (this.#routes.size > LIMITS.bulkRoutes && oldest !== undefined) this.#drop(oldest[0], oldest[1])
  }

  /** The peer does not take this ticket any more, as after a restart: unless it was renewed meanwhile, the peer has to be asked for another. */
  refused(peer: PeerId, route: OpenRoute): void {
    if (this.#routes.get(peer) === route) this.#drop(peer, route)
  }

  [Symbol.dispose](): void {
    const reason = new GgenError('cancelled', 'the bulk channel is closed')
    for (const { connections } of this.#routes.values()) connections.end(reason)
    for (const connections of this.#leaving) connections.end(reason)
    this.#routes.clear()
  }

  #drop(peer: PeerId, { connections }: OpenRoute): void {
    this.#routes.delete(peer)
    this.#retire(connections)
  }

  #retire(connections: Connections): void {
    this.#leaving.add(connections)
    connections.retire(() => this.#leaving.delete(connections))
  }
}
