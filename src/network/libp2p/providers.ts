import { type Clock, type Digest, digestBytes, isPeerId, LIMITS, type PeerId } from '#core'
import type { PeerInfo } from '@libp2p/interface'
import { CID } from 'multiformats/cid'
import { create as createMultihash } from 'multiformats/hashes/digest'
import type { Node } from './node.ts'
import { ProvideLedger } from './provide-ledger.ts'
import { DHT } from './settings.ts'
import { capAddresses } from './shields.ts'
import type { Tasks } from './tasks.ts'

const RAW_CODEC = 0x55
const SHA2_256 = 0x12

/** What provider records need from the rest of the node. */
export interface ProvidersContext {
  readonly node: Node
  readonly clock: Clock
  readonly tasks: Tasks
  /** Whether a peer is connected that speaks our DHT. */
  readonly hasDhtPeers: () => boolean
  /** Whether a peer is not banned. */
  readonly admits: (peer: PeerId) => boolean
  /** Whether an address that some peer named may be dialled. */
  readonly mayDial: (address: string) => boolean
}

/** The DHT's key of a blob: only sha2-256 can be provided and found. */
export const contentId = (digest: Digest): CID => CID.createV1(RAW_CODEC, createMultihash(SHA2_256, digestBytes(digest)))

/** Telling the DHT which blobs this node holds, and asking it who holds one. */
export class Providers {
  readonly #context: ProvidersContext
  readonly #ledger = new ProvideLedger()
  readonly #waiting = new Map<Digest, PromiseWithResolvers<void>>()
  #wake: ((settleMs: number) => void) | undefined

  constructor(context: ProvidersContext) {
    this.#context = context
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

  /** `Network.findProviders`. */
  async *find(digest: Digest, signal: AbortSignal): AsyncGenerator<PeerId> {
    const { node, clock, tasks } = this.#context
    const bounded = AbortSignal.any([signal, tasks.signal, clock.timeout(LIMITS.providerLookupTimeoutMs)])
    const seen = new Set<string>([node.peerId.toString()])
    const book = capAddresses(node.peerStore)
    try {
      if (!(await this.#hasRoutes(bounded))) return
      for await (const event of node.services.dht.findProviders(contentId(digest), { signal: bounded })) {
        for (const info of event.name === 'PROVIDER' ? event.providers : []) {
          const peer = info.id.toString()
          if (seen.has(peer) || !isPeerId(peer) || !this.#context.admits(peer)) continue
          seen.add(peer)
          await book.merge(info.id, { multiaddrs: this.#dialable(info) })
          yield peer
          if (seen.size > LIMITS.providersPerLookup) return
        }
      }
    } catch (error) {
      // A lookup that was cut short has simply found nothing more.
      if (!bounded.aborted) throw error
    }
  }

  get #routingTable(): EventTarget & { readonly size: number } {
    return this.#context.node.services.dht.routingTable as EventTarget & { readonly size: number }
  }

  #dialable({ multiaddrs }: PeerInfo): PeerInfo['multiaddrs'] {
    return multiaddrs.filter((address) => this.#context.mayDial(address.toString()))
  }

  /** Whether there is anybody to ask; a peer that has just connected takes a moment to become one. */
  async #hasRoutes(signal: AbortSignal): Promise<boolean> {
    if (this.#routingTable.size > 0 || !this.#context.hasDhtPeers()) return this.#routingTable.size > 0
    const found = new AbortController()
    const onAdd = (): void => found.abort()
    this.#routingTable.addEventListener('peer:add', onAdd)
    await Promise.allSettled([this.#context.clock.wait(DHT.firstPeerMs, AbortSignal.any([found.signal, signal, this.#context.tasks.signal]))])
    this.#routingTable.removeEventListener('peer:add', onAdd)
    signal.throwIfAborted()
    return this.#routingTable.size > 0
  }

  async #tellAll(signal: AbortSignal): Promise<void> {
    let misses = 0
    for (;;) {
      const digest = this.#routingTable.size > 0 ? this.#ledger.next(this.#context.clock.monotonic()) : undefined
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

  async #tell(digest: Digest, signal: AbortSignal): Promise<boolean> {
    const { node, clock } = this.#context
    const bounded = AbortSignal.any([signal, clock.timeout(LIMITS.providerLookupTimeoutMs)])
    let takers = 0
    try {
      for await (const event of node.services.dht.provide(contentId(digest), { signal: bounded })) {
        if (event.name === 'PEER_RESPONSE' && event.messageName === 'ADD_PROVIDER') takers += 1
      }
    } catch (error) {
      if (!bounded.aborted) throw error
    }
    if (takers > 0) this.#ledger.tell(digest, clock.monotonic())
    else this.#ledger.miss(digest)
    return takers > 0
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
