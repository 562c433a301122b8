import { type Clock, type Events, GgenError, isPeerId, LIMITS, type Multiaddr, parseMultiaddr, type PeerId } from '#core'
import type { ConnectedPeer, PeerChange } from '#network'
import type { Connection, IdentifyResult, PeerId as LibraryPeerId } from '@libp2p/interface'
import { peerIdFromString } from '@libp2p/peer-id'
import type { Node } from './node.ts'
import { PEERS } from './settings.ts'
import type { Tasks } from './tasks.ts'

interface Entry {
  readonly id: LibraryPeerId
  readonly protocols: readonly string[]
  readonly address: Multiaddr | undefined
}

/** What the table needs from the rest of the node. */
export interface PeerTableContext {
  readonly node: Node
  readonly clock: Clock
  readonly tasks: Tasks
  readonly events: Events | undefined
  /** What nodes of this network say they are. */
  readonly agent: string
  /** Hears the remote address of every connection. */
  readonly onAddress: (address: string) => void
}

/** A library address in our form; `undefined` for kinds that we do not know, such as relayed ones. */
export const toMultiaddr = (address: { toString(): string }): Multiaddr | undefined => {
  try {
    return parseMultiaddr(address.toString())
  } catch (error) {
    if (error instanceof GgenError) return undefined
    throw error
  }
}

/** The peers that are connected and said who they are. Others get no time: what is not identified soon, or belongs to another network, is closed. */
export class PeerTable {
  readonly #context: PeerTableContext
  readonly #entries = new Map<PeerId, Entry>()
  readonly #met = new Set<PeerId>()
  readonly #listeners = new Set<(change: PeerChange) => void>()
  readonly #waits = new Set<() => void>()
  #changes = 0

  constructor(context: PeerTableContext) {
    this.#context = context
    context.node.addEventListener('connection:open', ({ detail }) => this.#onOpen(detail))
    context.node.addEventListener('peer:identify', ({ detail }) => this.#onIdentify(detail))
    context.node.addEventListener('peer:disconnect', ({ detail }) => this.#onDisconnect(detail.toString()))
  }

  list(): readonly ConnectedPeer[] {
    return [...this.#entries].flatMap(([peer, entry]) => {
      const connection = this.#connectionTo(entry.id)
      if (connection === undefined) return []
      const { direction, rtt, timeline } = connection
      const latency = rtt === undefined ? {} : { latencyMs: rtt }
      return [{ peer, address: toMultiaddr(connection.remoteAddr), direction, ...latency, since: timeline.open, protocols: entry.protocols }]
    })
  }

  /** The other end of the open connection to a peer, in the table or not. */
  addressOf(peer: PeerId): Multiaddr | undefined {
    const connection = this.#connectionTo(peerIdFromString(peer))
    return connection && toMultiaddr(connection.remoteAddr)
  }

  /** Different peers so far. */
  get met(): number {
    return this.#met.size
  }

  has(peer: PeerId): boolean {
    return this.#entries.has(peer)
  }

  /** Throws `too-busy` above the limit of listeners. */
  subscribe(listener: (change: PeerChange) => void): Disposable {
    if (this.#listeners.size >= LIMITS.eventListeners) throw new GgenError('too-busy', 'too many listeners for peers')
    this.#listeners.add(listener)
    return { [Symbol.dispose]: () => this.#listeners.delete(listener) }
  }

  /** Resolves when the peer stands in the table; throws `peer-unreachable` when it leaves before, or the signal's reason. */
  async identified(connection: Connection, signal: AbortSignal): Promise<PeerId> {
    const peer = connection.remotePeer.toString() as PeerId
    await this.#until(signal, () => {
      if (this.#entries.has(peer)) return true
      if (connection.status !== 'open') throw new GgenError('peer-unreachable', `${peer} closed the connection at once`)
      return false
    }, connection)
    return peer
  }

  /** Resolves when the peer does not stand in the table any more, or rejects with the signal's reason. */
  async gone(peer: PeerId, signal: AbortSignal): Promise<void> {
    await this.#until(signal, () => !this.#entries.has(peer))
  }

  /** Resolves when a peer has come or left after the call, or rejects with the signal's reason. */
  async changed(signal: AbortSignal): Promise<void> {
    const before = this.#changes
    await this.#until(signal, () => this.#changes > before)
  }

  clear(): void {
    this.#entries.clear()
    this.#listeners.clear()
  }

  #until(signal: AbortSignal, holds: () => boolean, connection?: Connection): Promise<void> {
    return new Promise((resolve, reject) => {
      const stop = (): void => {
        this.#waits.delete(check)
        connection?.removeEventListener('close', check)
        signal.removeEventListener('abort', onAbort)
      }
      const onAbort = (): void => {
        stop()
        reject(signal.reason)
      }
      const check = (): void => {
        try {
          if (!holds()) return
          stop()
          resolve()
        } catch (error) {
          stop()
          reject(error)
        }
      }
      this.#waits.add(check)
      connection?.addEventListener('close', check)
      signal.addEventListener('abort', onAbort, { once: true })
      if (signal.aborted) onAbort()
      else check()
    })
  }

  #connectionTo(id: LibraryPeerId): Connection | undefined {
    return this.#context.node.getConnections(id).find((connection) => connection.status === 'open')
  }

  #onOpen(connection: Connection): void {
    const { clock, tasks, onAddress } = this.#context
    onAddress(connection.remoteAddr.toString())
    tasks.run('let unknown peers go', async (signal) => {
      const closed = new AbortController()
      connection.addEventListener('close', () => closed.abort(), { once: true })
      await clock.wait(PEERS.identifyMs, AbortSignal.any([signal, closed.signal])).catch((error: unknown) => {
        if (!closed.signal.aborted) throw error
      })
      if (!this.#entries.has(connection.remotePeer.toString() as PeerId)) connection.abort(new GgenError('timeout', 'the peer did not say who it is'))
    })
  }

  #onIdentify({ connection, agentVersion, protocols }: IdentifyResult): void {
    const peer = connection.remotePeer.toString()
    if (agentVersion !== this.#context.agent || !isPeerId(peer)) {
      connection.abort(new GgenError('denied', 'the peer belongs to another network'))
      return
    }
    if (connection.status !== 'open' || this.#entries.has(peer)) return
    const address = toMultiaddr(connection.remoteAddr)
    this.#entries.set(peer, { id: connection.remotePeer, protocols: [...protocols], address })
    if (this.#met.size < LIMITS.peersMet) this.#met.add(peer)
    this.#context.events?.emit({ type: 'peer-connected', peer, address })
    this.#tell({ type: 'connected', peer, address })
    this.#measure(connection)
  }

  /** The library measures once a minute; the first figure should not take that long. A peer that does not answer shows in the next one. */
  #measure(connection: Connection): void {
    this.#context.tasks.run('measure latency', async (signal) => {
      const bounded = AbortSignal.any([signal, this.#context.clock.timeout(PEERS.pingMs)])
      const [result] = await Promise.allSettled([this.#context.node.services.ping.ping(connection.remotePeer, { signal: bounded })])
      if (result.status === 'fulfilled') connection.rtt ??= result.value
    })
  }

  #onDisconnect(peer: string): void {
    const entry = this.#entries.get(peer as PeerId)
    if (entry === undefined) return
    this.#entries.delete(peer as PeerId)
    this.#context.events?.emit({ type: 'peer-disconnected', peer: peer as PeerId })
    this.#tell({ type: 'disconnected', peer: peer as PeerId, address: entry.address })
  }

  #tell(change: PeerChange): void {
    this.#changes += 1
    for (const check of this.#waits) check()
    for (const listener of this.#listeners) listener(change)
  }
}
