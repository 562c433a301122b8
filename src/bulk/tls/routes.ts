import { type Clock, LIMITS, type PeerId } from '#core'
import type { BulkOffer } from '#bulk'
import { type DialOptions, PeerAgent, type Route } from './connections.ts'

/** How a peer is reached: kept connections, and the ticket for them. */
export interface OpenRoute extends Route {
  readonly ticket: Uint8Array
  readonly untilMs: number
  readonly agent: PeerAgent
}

/** What peers offered, newest last, bounded; connections outlive a renewed ticket. Disposing closes them. */
export class Routes implements Disposable {
  readonly #routes = new Map<PeerId, OpenRoute>()
  readonly #dial: DialOptions
  readonly #clock: Clock

  constructor(dial: DialOptions) {
    this.#dial = dial
    this.#clock = dial.clock
  }

  /** The route whose ticket is still good. */
  find(peer: PeerId): OpenRoute | undefined {
    const route = this.#routes.get(peer)
    return route !== undefined && route.untilMs > this.#clock.monotonic() ? route : undefined
  }

  learn(peer: PeerId, host: string, { port, ticket, validMs }: BulkOffer): void {
    const known = this.#routes.get(peer)
    const isSame = known !== undefined && known.host === host && known.port === port
    if (known !== undefined && !isSame) known.agent.destroy()
    this.#routes.delete(peer)
    const agent = isSame ? known.agent : new PeerAgent(peer, this.#dial)
    this.#routes.set(peer, { host, port, ticket, untilMs: this.#clock.monotonic() + Math.min(validMs, LIMITS.bulkTicketMs), agent })
    const [oldest] = this.#routes
    if (this.#routes.size <= LIMITS.bulkRoutes || oldest === undefined) return
    oldest[1].agent.destroy()
    this.#routes.delete(oldest[0])
  }

  [Symbol.dispose](): void {
    for (const { agent } of this.#routes.values()) agent.destroy()
    this.#routes.clear()
  }
}
