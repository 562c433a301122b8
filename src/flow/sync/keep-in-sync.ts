import { type Clock, type Events, type FreshnessEvidence, LIMITS, networkOf, type PeerId, type Random, toGgenError } from '#core'
import type { Network } from '#network'
import { type Catching, CatchUp } from './catch-up.ts'
import { Comparisons } from './comparisons.ts'
import type { SessionResult } from './sync-with.ts'
import { turns } from './turns.ts'

export type { Catching } from './catch-up.ts'

/** How sure a node is that it knows what its peers know. */
export type Freshness = 'synced' | 'syncing' | 'alone'

/** One session with one peer. `onProgress` hears how many ops are here, and how many the peer has. */
export type Session = (peer: PeerId, signal: AbortSignal, onProgress: (ops: number, of: number) => void) => Promise<SessionResult>

export interface SyncParts {
  readonly network: Network
  readonly clock: Clock
  readonly random: Random
  readonly events: Events
  /** Between two comparisons with peers that are connected. */
  readonly everyMs: number
  readonly session: Session
}

/** A result that is so many times older than the next one should be says nothing about now. */
const FRESH_ROUNDS = 3

/**
 * Compares catalogues with every peer that connects, with one at random from time to time, and at once with one that seems to know more. Few at a
 * time: what one session brings, the next need not ask for. Peers that lie are banned. Disposing ends all sessions.
 */
export class SyncLoop implements AsyncDisposable {
  readonly #parts: SyncParts
  readonly #stop = new AbortController()
  readonly #running = new Map<PeerId, Promise<void>>()
  /** Peers whose turn comes, those that came first in front. */
  readonly #waiting = new Set<PeerId>()
  readonly #subscription: Disposable
  readonly #rounds: Promise<void>
  readonly #faults = new Map<PeerId, number>()
  readonly #catchUp: CatchUp
  readonly #comparisons: Comparisons
  /** When the last session with a peer began. */
  readonly #begun = new Map<PeerId, number>()
  /** Peers that are compared with after a pause. */
  readonly #postponed = new Set<PeerId>()
  #lastSuccess: number | undefined

  constructor(parts: SyncParts) {
    this.#parts = parts
    this.#catchUp = new CatchUp(parts)
    this.#comparisons = new Comparisons(parts.clock)
    this.#subscription = parts.network.onPeer(({ type, peer }) => {
      if (type === 'connected') this.syncSoon(peer)
      else this.#forget(peer)
    })
    for (const { peer } of parts.network.peers()) this.syncSoon(peer)
    this.#rounds = this.#repeat()
  }

  freshness(): Freshness {
    if (this.#parts.network.peers().length === 0) return 'alone'
    const age = this.#lastSuccess === undefined ? Infinity : this.#parts.clock.monotonic() - this.#lastSuccess
    return age <= FRESH_ROUNDS * this.#parts.everyMs ? 'synced' : 'syncing'
  }

  /** What speaks for a catalogue whose newest op has this date (Unix seconds). */
  evidence(newestOpAt: number | undefined): FreshnessEvidence {
    return this.#comparisons.evidence(newestOpAt)
  }

  /** How far it is while much is being brought; `undefined` otherwise. */
  catching(): Catching | undefined {
    return this.#catchUp.now()
  }

  /**
   * Compares with a peer as soon as there is room for another session: because it came, or because it knows of something that we lack. While
   * one with it runs, after that: what it told of may lie where they have compared already.
   */
  syncSoon(peer: PeerId): void {
    if (this.#waiting.size >= LIMITS.connections) return
    this.#waiting.add(peer)
    this.#next()
  }

  /** As `syncSoon`, but not more often than after each pause: for peers that say they have something, whether it is so or not. */
  syncPolitely(peer: PeerId): void {
    const { clock } = this.#parts
    const begun = this.#begun.get(peer)
    const pauseMs = begun === undefined ? 0 : begun + LIMITS.syncPauseMs - clock.monotonic()
    if (pauseMs <= 0) this.syncSoon(peer)
    else if (!this.#postponed.has(peer)) void this.#postpone(peer, pauseMs)
  }

  /** Compares with a few peers: there is something new here, and whoever lacks it learns of it by that and asks back. `but` had it before. */
  spread(but?: PeerId): void {
    const { network, random } = this.#parts
    const peers = network.peers().flatMap(({ peer }) => (peer === but ? [] : peer))
    for (let left = LIMITS.syncSpread; left > 0 && peers.length > 0; left -= 1) {
      const [chosen] = peers.splice(Math.floor(random.fraction() * peers.length), 1)
      if (chosen !== undefined) this.syncPolitely(chosen)
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#subscription[Symbol.dispose]()
    this.#stop.abort()
    await Promise.all([this.#rounds, ...this.#running.values()])
  }

  async #postpone(peer: PeerId, pauseMs: number): Promise<void> {
    this.#postponed.add(peer)
    try {
      await this.#parts.clock.wait(pauseMs, this.#stop.signal)
    } catch (error) {
      if (this.#stop.signal.aborted) return
      throw error
    }
    if (this.#postponed.delete(peer)) this.syncSoon(peer)
  }

  #forget(peer: PeerId): void {
    this.#waiting.delete(peer)
    this.#postponed.delete(peer)
    this.#begun.delete(peer)
  }

  async #repeat(): Promise<void> {
    const { random, network } = this.#parts
    for await (const _turn of turns(this.#parts, this.#stop.signal)) {
      const peers = network.peers()
      const chosen = peers[Math.floor(random.fraction() * peers.length)]
      if (chosen !== undefined) this.syncSoon(chosen.peer)
    }
  }

  /** One session a peer at a time: a second one would ask for the same ops. */
  #next(): void {
    for (const peer of this.#waiting) {
      if (this.#stop.signal.aborted || this.#running.size >= LIMITS.syncSessions) return
      if (this.#running.has(peer)) continue
      this.#waiting.delete(peer)
      const session = this.#session(peer).finally(() => {
        this.#running.delete(peer)
        this.#next()
      })
      this.#running.set(peer, session)
    }
  }

  async #session(peer: PeerId): Promise<void> {
    const { clock, events, session, network } = this.#parts
    const address = network.addressOf(peer)
    const began = clock.monotonic()
    this.#begun.delete(peer)
    this.#begun.set(peer, began)
    forgetOldest(this.#begun)
    const progress = this.#catchUp.begin(peer)
    try {
      const { added, complete } = await session(peer, AbortSignal.any([this.#stop.signal, clock.timeout(LIMITS.syncSessionMs)]), progress.hear)
      this.#lastSuccess = clock.monotonic()
      this.#faults.delete(peer)
      if (complete) this.#comparisons.note(peer, address && networkOf(address))
      events.emit({ type: 'synced', peer, added, durationMs: Math.round(this.#lastSuccess - began) })
      if (added > 0) this.spread(peer)
    } catch (error) {
      if (!this.#stop.signal.aborted) this.#failed(peer, error)
    } finally {
      progress[Symbol.dispose]()
    }
  }

  #failed(peer: PeerId, error: unknown): void {
    const { network, events } = this.#parts
    const { code, message } = toGgenError(error)
    events.emit({ type: 'sync-failed', peer, code })
    if (code === 'op-invalid' || code === 'integrity') network.ban(peer, `its catalogue: ${message}`)
    if (code !== 'frame-invalid') return
    const faults = (this.#faults.get(peer) ?? 0) + 1
    this.#faults.set(peer, faults)
    if (faults >= LIMITS.syncFaults) network.ban(peer, `it broke the rules of comparing catalogues ${faults} times`)
    forgetOldest(this.#faults)
  }
}

/** A peer may come with another name each time, and leave before anything begins. */
const forgetOldest = (peers: Map<PeerId, number>): void => {
  if (peers.size > LIMITS.connections) for (const oldest of peers.keys().take(1)) peers.delete(oldest)
}
