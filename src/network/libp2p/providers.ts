import { type Clock, type Digest, GgenError, LIMITS, type Multiaddr, type NetworkTuning, type PeerId, USUAL_TUNING } from '#core'
import {
  decodeRendezvousEntries, decodeRendezvousReceipt, encodeRendezvousQuestion, FairUnion, RENDEZVOUS, type RendezvousEntry, rendezvousKey,
  type RendezvousStore,
} from '#network'
import { peerIdFromString } from '@libp2p/peer-id'
import { multiaddr } from '@multiformats/multiaddr'
import { asTheyCome } from './as-they-come.ts'
import type { Ask } from './ask.ts'
import { findClosest } from './closest-peers.ts'
import type { Node } from './node.ts'
import { ownAddresses } from './own-addresses.ts'
import { ProvideLedger } from './provide-ledger.ts'
import { DHT } from './settings.ts'
import type { Tasks } from './tasks.ts'

/** What meeting other peers at a key needs from the rest of the node. */
export interface ProvidersContext {
  readonly node: Node
  readonly clock: Clock
  readonly tasks: Tasks
  readonly ask: Ask
  /** Absent: what is usual. */
  readonly tuning?: Pick<NetworkTuning, 'replicationFactor' | 'queryTimeoutMs' | 'providerRecordTtlMs'>
  /** Connected peers that keep entries for others, at most `LIMITS.rendezvousConnected`. */
  readonly keepers: () => readonly PeerId[]
  /** What this node keeps for others. */
  readonly store: RendezvousStore
  /** In [0, 1). */
  readonly fraction: () => number
  /** Whether a peer is not banned. */
  readonly admits: (peer: PeerId) => boolean
  /** The addresses that a peer may name. */
  readonly hear: (from: PeerId, addresses: readonly Multiaddr[]) => readonly Multiaddr[]
}

/** Telling the peers near a blob's key that this node holds it, and asking them who does. The DHT only says who these peers are. */
export class Providers {
  readonly #context: ProvidersContext
  readonly #ledger: ProvideLedger
  readonly #tuning: NonNullable<ProvidersContext['tuning']>
  readonly #waiting = new Map<Digest, PromiseWithResolvers<void>>()
  #wake: ((settleMs: number) => void) | undefined
  /** When it was waited in vain for somebody to find others through. */
  #routelessMs = -Infinity

  constructor(context: ProvidersContext) {
    this.#context = context
    this.#tuning = context.tuning ?? USUAL_TUNING
    this.#ledger = new ProvideLedger(Math.min(LIMITS.rendezvousAgainMs, this.#tuning.providerRecordTtlMs / 2))
    this.#routingTable.addEventListener('peer:add', () => this.#wake?.(DHT.settleMs))
    context.tasks.run('tell the DHT about blobs', (signal) => this.#tellAll(signal))
  }

  get size(): number {
    return this.#ledger.size
  }

  /** `Network.provide`. */
  async provide(digest: Digest, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
    this.#ledger.add(digest)
    if (!(await this.#hasRoutes(signal))) return
    const told = this.#waiting.get(digest) ?? Promise.withResolvers<void>()
    this.#waiting.set(digest, told)
    this.#wake?.(0)
    await orAborted(told.promise, AbortSignal.any([signal, this.#context.tasks.signal]))
  }

  /** `Network.findProviders`: those that were named and could be reached. */
  async *find(digest: Digest, signal: AbortSignal): AsyncGenerator<PeerId> {
    const { node, clock, tasks } = this.#context
    const stopped = new AbortController()
    const bounded = AbortSignal.any([signal, tasks.signal, clock.timeout(this.#tuning.queryTimeoutMs), stopped.signal])
    const found = new Set<string>([node.peerId.toString()])
    const reach = { each: (entry: RendezvousEntry) => this.#reach(entry, bounded), atOnce: LIMITS.rendezvousDials }
    try {
      for await (const peer of asTheyCome(this.#named(digest, bounded), reach)) {
        if (found.has(peer)) continue
        found.add(peer)
        yield peer
        if (found.size > LIMITS.providersPerLookup) return
      }
    } catch (error) {
      // A lookup that was cut short has simply found nothing more.
      if (!bounded.aborted) throw error
    } finally {
      stopped.abort()
    }
  }

  get #routingTable(): EventTarget & { readonly size: number } {
    return this.#context.node.services.dht.routingTable as EventTarget & { readonly size: number }
  }

  /** Whom others name under the key of a blob, each of them the same number. */
  async *#named(digest: Digest, signal: AbortSignal): AsyncGenerator<RendezvousEntry> {
    const { node, admits, store, fraction, clock } = this.#context
    const key = rendezvousKey('blob', digest)
    const count = LIMITS.rendezvousAnswer
    const question = encodeRendezvousQuestion({ op: 'get', key, count })
    const union = new FairUnion()
    const named = async (peer: PeerId): Promise<readonly RendezvousEntry[]> => {
      const entries = decodeRendezvousEntries(await this.#ask(peer, question, signal))
      const others = entries.filter((entry) => entry.peer !== node.peerId.toString() && admits(entry.peer))
      return others.map((entry) => ({ peer: entry.peer, addresses: this.#context.hear(peer, entry.addresses) }))
    }
    const kept = store.find({ key, count, fraction }, clock.monotonic()).filter(({ peer }) => admits(peer))
    const own = union.first(kept)
    if (own !== undefined) yield own
    let tried = own === undefined ? 0 : 1
    for await (const entries of asTheyCome(this.#around(key, signal), { each: named, atOnce: Infinity })) {
      const first = union.first(entries)
      if (first !== undefined && (tried += 1) <= LIMITS.providersPerLookup) yield first
    }
    for (const entry of union.rest()) {
      if ((tried += 1) > LIMITS.providersPerLookup) return
      yield entry
    }
  }

  /** Whoever is connected at once, then whoever is nearest to the key. */
  async *#around(key: Uint8Array, signal: AbortSignal): AsyncGenerator<PeerId> {
    const { node, keepers, admits } = this.#context
    const near = new Set(keepers())
    yield* near
    if (!(await this.#hasRoutes(signal)) || this.#routingTable.size === 0) return
    for (const peer of await findClosest({ node, connected: [...near], most: this.#tuning.replicationFactor }, key, signal)) {
      if (!near.has(peer) && admits(peer)) yield peer
    }
  }

  #ask(peer: PeerId, question: Uint8Array, signal: AbortSignal): Promise<Uint8Array> {
    const { ask, clock } = this.#context
    return ask(peer, RENDEZVOUS, question, AbortSignal.any([signal, clock.timeout(LIMITS.rendezvousTimeoutMs)]))
  }

  /**
   * Connects to a peer where it was said to be: only the peer itself can prove that it is there, and nobody else's word stays in the address book. Who was
   * named without a usable address is not looked for: made-up names would cost a walk each.
   */
  async #reach({ peer, addresses }: RendezvousEntry, signal: AbortSignal): Promise<PeerId> {
    const { node, clock } = this.#context
    const id = peerIdFromString(peer)
    const isHere = node.getConnections(id).some(({ status }) => status === 'open')
    const full = addresses.map((address) => multiaddr(`${address}/p2p/${peer}`))
    if (isHere) return peer
    if (full.length === 0) throw new GgenError('peer-unreachable', `nobody says where ${peer} is`)
    await node.dial(full, { signal: AbortSignal.any([signal, clock.timeout(LIMITS.rendezvousTimeoutMs)]) })
    return peer
  }

  #hasPeers(): boolean {
    return this.#routingTable.size > 0 || this.#context.keepers().length > 0
  }

  /** Whether there is anybody to ask; a peer that has just connected takes a moment until others can be found through it. */
  async #hasRoutes(signal: AbortSignal): Promise<boolean> {
    const { clock } = this.#context
    const waitedMs = clock.monotonic() - this.#routelessMs
    if (this.#routingTable.size > 0 || !this.#hasPeers() || waitedMs < DHT.retryMs) return this.#hasPeers()
    const found = new AbortController()
    const onAdd = (): void => found.abort()
    this.#routingTable.addEventListener('peer:add', onAdd)
    await Promise.allSettled([clock.wait(DHT.firstPeerMs, AbortSignal.any([found.signal, signal, this.#context.tasks.signal]))])
    this.#routingTable.removeEventListener('peer:add', onAdd)
    signal.throwIfAborted()
    if (this.#routingTable.size === 0) this.#routelessMs = clock.monotonic()
    return this.#hasPeers()
  }

  async #tellAll(signal: AbortSignal): Promise<void> {
    let misses = 0
    for (;;) {
      const digest = this.#hasPeers() ? this.#ledger.next(this.#context.clock.monotonic()) : undefined
      if (digest === undefined) {
        await this.#nap(signal)
        continue
      }
      const wasTold = await this.#tell(digest, signal)
      this.#waiting.get(digest)?.resolve()
      this.#waiting.delete(digest)
      misses = wasTold ? 0 : misses + 1
      await this.#context.clock.wait(misses === 0 ? DHT.tellEveryMs : Math.min(DHT.retryMs, DHT.settleMs * 2 ** misses), signal)
    }
  }

  /** Whether anybody answered, be it that it has no room. Nobody can come to a node without an address. */
  async #tell(digest: Digest, signal: AbortSignal): Promise<boolean> {
    const { node, clock } = this.#context
    const bounded = AbortSignal.any([signal, clock.timeout(this.#tuning.queryTimeoutMs)])
    const key = rendezvousKey('blob', digest)
    const addresses = ownAddresses(node.getMultiaddrs())
    const question = encodeRendezvousQuestion({ op: 'put', key, addresses })
    const put = async (peer: PeerId): Promise<boolean> => decodeRendezvousReceipt(await this.#ask(peer, question, bounded))
    let answers = addresses.length === 0 ? 1 : 0
    try {
      if (addresses.length > 0) for await (const _ of asTheyCome(this.#around(key, bounded), { each: put, atOnce: Infinity })) answers += 1
    } catch (error) {
      if (!bounded.aborted) throw error
    }
    if (answers > 0) this.#ledger.tell(digest, clock.monotonic())
    else this.#ledger.miss(digest)
    return answers > 0
  }

  /** Sleeps until there is something new to tell, somebody new to tell it to (and a moment longer, others follow), or it is time to look again. */
  async #nap(signal: AbortSignal): Promise<void> {
    const { clock } = this.#context
    const woken = new AbortController()
    let settleMs = 0
    this.#wake = (ms) => {
      settleMs = ms
      woken.abort()
    }
    await Promise.allSettled([clock.wait(DHT.retryMs, AbortSignal.any([woken.signal, signal]))])
    await clock.wait(settleMs, signal)
  }
}

const orAborted = (promise: Promise<void>, signal: AbortSignal): Promise<void> =>
  new Promise((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason)
    signal.addEventListener('abort', onAbort, { once: true })
    if (signal.aborted) onAbort()
    void promise.then(() => {
      signal.removeEventListener('abort', onAbort)
      resolve()
    })
  })
