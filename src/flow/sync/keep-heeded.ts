import { type Clock, type Events, type IdentityId, LIMITS, type PeerId, type Random, toGgenError } from '#core'
import type { Network } from '#network'
import { turns } from './turns.ts'

export interface HeedParts {
  readonly network: Pick<Network, 'peers' | 'onPeer' | 'ban'>
  readonly clock: Clock
  readonly random: Random
  readonly events: Events
  /** Between two questions about one publisher. */
  readonly everyMs: number
  /** Whose opinions count here. */
  readonly followed: () => readonly IdentityId[]
  /** Brings what a peer has of one; resolves to where to go on with this peer. */
  readonly pull: (peer: PeerId, what: { readonly identity: IdentityId; readonly after: number; readonly signal: AbortSignal }) => Promise<number>
}

/**
 * Keeps what followed publishers say of others here: also on a node that compares no catalogues, and what was dropped for room before they were followed.
 * Each is asked about again and again, a peer at random every time, so that no peer can keep anything from this node for long. Peers that lie are banned.
 */
export class HeedLoop implements AsyncDisposable {
  readonly #parts: HeedParts
  readonly #stop = new AbortController()
  readonly #subscription: Disposable
  readonly #repeating: Promise<void>
  #round: Promise<void> | undefined
  /** Somebody came while a round was under way. */
  #again = false
  /** Where each connected peer was left. */
  readonly #places = new Map<PeerId, Map<IdentityId, number>>()
  /** When each was asked about with success, on the monotonic clock. */
  readonly #heard = new Map<IdentityId, number>()

  constructor(parts: HeedParts) {
    this.#parts = parts
    this.#subscription = parts.network.onPeer(({ type, peer }) => {
      if (type === 'connected') this.#roundSoon()
      else this.#places.delete(peer)
    })
    this.#repeating = this.#repeat()
    this.#roundSoon()
  }

  /** Asks a few peers about one at once. Resolves when they have answered, or soon; of one that is followed, what did not come by then comes later. */
  async hear(identity: IdentityId): Promise<void> {
    // What is said of it may have been dropped since it was listed.
    for (const places of this.#places.values()) places.delete(identity)
    this.#heard.delete(identity)
    const peers = this.#peers()
    const asked = Array.from({ length: Math.min(LIMITS.heedPeers, peers.length) }, () => this.#take(peers))
    const signal = AbortSignal.any([this.#stop.signal, this.#parts.clock.timeout(LIMITS.heedTimeoutMs)])
    await Promise.all(asked.map((peer) => this.#ask(peer, identity, signal)))
    if (asked.length > 0 && this.#isDue(identity)) this.#roundSoon()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#subscription[Symbol.dispose]()
    this.#stop.abort()
    await Promise.all([this.#repeating, this.#round])
  }

  /** Those that speak this protocol: to others the question would be none. */
  #peers(): PeerId[] {
    return this.#parts.network.peers().flatMap(({ peer, protocols }) => (protocols.includes('/ggen/opinions/1') ? [peer] : []))
  }

  #take(peers: PeerId[]): PeerId | undefined {
    return peers.splice(Math.floor(this.#parts.random.fraction() * peers.length), 1)[0]
  }

  #isDue(identity: IdentityId): boolean {
    const heard = this.#heard.get(identity)
    return heard === undefined || this.#parts.clock.monotonic() - heard >= this.#parts.everyMs / 2
  }

  #roundSoon(): void {
    this.#again = this.#round !== undefined
    if (this.#stop.signal.aborted || this.#again) return
    this.#round = this.#askAll().finally(() => {
      this.#round = undefined
      if (this.#again) this.#roundSoon()
    })
  }

  async #repeat(): Promise<void> {
    for await (const _turn of turns(this.#parts, this.#stop.signal)) this.#roundSoon()
  }

  /** One after the other: it is not urgent. */
  async #askAll(): Promise<void> {
    const { clock, everyMs, followed } = this.#parts
    const all = followed()
    for (const identity of this.#heard.keys()) if (!all.includes(identity)) this.#heard.delete(identity)
    for (const identity of all) {
      const peer = this.#take(this.#peers())
      if (this.#stop.signal.aborted || peer === undefined) return
      if (this.#isDue(identity)) await this.#ask(peer, identity, AbortSignal.any([this.#stop.signal, clock.timeout(everyMs)]))
    }
  }

  async #ask(peer: PeerId | undefined, identity: IdentityId, signal: AbortSignal): Promise<void> {
    if (peer === undefined) return
    const { clock, events, network, pull } = this.#parts
    const places = this.#places.get(peer) ?? new Map<IdentityId, number>()
    this.#places.set(peer, places)
    try {
      places.set(identity, await pull(peer, { identity, after: places.get(identity) ?? 0, signal }))
      this.#heard.set(identity, clock.monotonic())
    } catch (error) {
      if (this.#stop.signal.aborted) return
      const { code, message } = toGgenError(error)
      events.emit({ type: 'task-failed', task: 'ask what a followed publisher says', code, message })
      if (code === 'op-invalid') network.ban(peer, `what it gave of a publisher: ${message}`)
    }
  }
}
