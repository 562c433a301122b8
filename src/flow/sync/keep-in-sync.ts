import { type Clock, type Events, LIMITS, type PeerId, type Random, toGgenError } from '#core'
import type { Network } from '#network'

/** How sure a node is that it knows what its peers know. */
export type Freshness = 'synced' | 'syncing' | 'alone'

export interface SyncParts {
  readonly network: Network
  readonly clock: Clock
  readonly random: Random
  readonly events: Events
  /** Between two comparisons with peers that are connected. */
  readonly everyMs: number
  /** One session with one peer; resolves to the number of ops added. */
  readonly pull: (peer: PeerId, signal: AbortSignal) => Promise<number>
}

/** A result that is so many times older than the next one should be says nothing about now. */
const FRESH_ROUNDS = 3

/** Compares catalogues with every peer that connects, and from time to time with one at random. Disposing ends all sessions. */
export class SyncLoop implements AsyncDisposable {
  readonly #parts: SyncParts
  readonly #stop = new AbortController()
  readonly #sessions = new Map<PeerId, Promise<void>>()
  readonly #subscription: Disposable
  readonly #rounds: Promise<void>
  #lastSuccess: number | undefined

  constructor(parts: SyncParts) {
    this.#parts = parts
    this.#subscription = parts.network.onPeer((change) => {
      if (change.type === 'connected') this.#begin(change.peer)
    })
    for (const { peer } of parts.network.peers()) this.#begin(peer)
    this.#rounds = this.#repeat()
  }

  freshness(): Freshness {
    if (this.#parts.network.peers().length === 0) return 'alone'
    const age = this.#lastSuccess === undefined ? Infinity : this.#parts.clock.monotonic() - this.#lastSuccess
    return age <= FRESH_ROUNDS * this.#parts.everyMs ? 'synced' : 'syncing'
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#subscription[Symbol.dispose]()
    this.#stop.abort()
    await Promise.all([this.#rounds, ...this.#sessions.values()])
  }

  async #repeat(): Promise<void> {
    const { clock, random, network, everyMs } = this.#parts
    while (!this.#stop.signal.aborted) {
      try {
        await clock.wait(everyMs * (0.75 + random.fraction() / 2), this.#stop.signal)
      } catch (error) {
        if (this.#stop.signal.aborted) return
        throw error
      }
      const peers = network.peers()
      const chosen = peers[Math.floor(random.fraction() * peers.length)]
      if (chosen !== undefined) this.#begin(chosen.peer)
    }
  }

  /** One session a peer at a time: a second one would ask for the same ops. */
  #begin(peer: PeerId): void {
    if (this.#stop.signal.aborted || this.#sessions.has(peer)) return
    const session = this.#session(peer).finally(() => this.#sessions.delete(peer))
    this.#sessions.set(peer, session)
  }

  async #session(peer: PeerId): Promise<void> {
    const { clock, events, pull } = this.#parts
    const began = clock.monotonic()
    try {
      const added = await pull(peer, AbortSignal.any([this.#stop.signal, clock.timeout(LIMITS.syncSessionMs)]))
      this.#lastSuccess = clock.monotonic()
      events.emit({ type: 'synced', peer, added, durationMs: Math.round(this.#lastSuccess - began) })
    } catch (error) {
      if (!this.#stop.signal.aborted) events.emit({ type: 'sync-failed', peer, code: toGgenError(error).code })
    }
  }
}
