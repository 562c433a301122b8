import {
  type AccessRecords, type BanSubject, type Clock, type Digest, type Events, GgenError, isGgenError, isPeerId, LIMITS, type Multiaddr, peerOfMultiaddr,
  type PeerId, plainHost, toGgenError,
} from '#core'
import assert from 'node:assert/strict'
import { AccessLists, peerAccess } from './access-lists.ts'
import { MemoryGossip } from './memory-gossip.ts'
import {
  type Answerer, type ConnectedPeer, type Judge, type Network, type NetworkStats, type PeerAccess, type PeerChange, type Protocol, PROTOCOLS,
} from './network.ts'

/** What a node in memory gets from its hub. */
export interface MemoryNodeOptions {
  readonly self: PeerId
  readonly address: Multiaddr
  readonly clock: Clock
  readonly latencyMs: number
  readonly events: Events | undefined
  readonly records: AccessRecords
  /** Connects two nodes; throws `peer-unreachable`. */
  readonly connect: (from: PeerId, to: PeerId) => void
}

interface Link {
  readonly node: MemoryNode
  readonly direction: 'inbound' | 'outbound'
  readonly since: number
  /** Aborts when the link is cut; shared by both ends. */
  readonly cut: AbortController
}

const TOPIC = '/ggen/memory/ops/1'

/** One node of a network in memory. */
export class MemoryNode implements Network {
  readonly self: PeerId
  readonly #options: MemoryNodeOptions
  readonly #links = new Map<PeerId, Link>()
  readonly #met = new Set<PeerId>()
  readonly #answerers = new Map<Protocol, Answerer>()
  readonly #listeners = new Set<(change: PeerChange) => void>()
  readonly #provided = new Set<Digest>()
  readonly #lists: AccessLists
  readonly access: PeerAccess
  readonly #gossip: MemoryGossip
  readonly #ended = new AbortController()
  #asking = 0

  constructor(options: MemoryNodeOptions) {
    this.self = options.self
    this.#options = options
    const { self, clock, records, events } = options
    const onFailure = (error: unknown): void => {
      const { code, message } = toGgenError(error)
      events?.emit({ type: 'task-failed', task: 'remember a ban', code, message })
    }
    this.#lists = new AccessLists({ self, clock, records, named: [], onFailure })
    this.access = peerAccess(this.#lists, (subject, reason) => this.#cut(subject, reason))
    this.#gossip = new MemoryGossip({
      ...options,
      ended: this.#ended.signal,
      neighbours: () => [...this.#links.values()].map(({ node }) => node),
      travel: () => this.#travel(this.#ended.signal),
    })
  }

  get isGone(): boolean {
    return this.#ended.signal.aborted
  }

  addresses(): readonly Multiaddr[] {
    return this.isGone ? [] : [this.#options.address]
  }

  peers(): readonly ConnectedPeer[] {
    const latencyMs = 2 * this.#options.latencyMs
    return [...this.#links].map(([peer, { node, direction, since }]) => {
      const { address } = node.#options
      return { peer, address, direction, latencyMs, since, protocols: PROTOCOLS }
    })
  }

  addressOf(peer: PeerId): Multiaddr | undefined {
    const node = this.#links.get(peer)?.node
    return node?.addresses()[0]
  }

  async dial(address: Multiaddr, signal: AbortSignal): Promise<PeerId> {
    const peer = peerOfMultiaddr(address)
    if (peer === undefined) throw new GgenError('peer-unreachable', `nobody is at ${address}`)
    if (peer === this.self) throw new GgenError('denied', 'a node cannot dial itself')
    await this.#travel(AbortSignal.any([signal, this.#ended.signal]))
    this.#options.connect(this.self, peer)
    return peer
  }

  onPeer(listener: (change: PeerChange) => void): Disposable {
    if (this.#listeners.size >= LIMITS.eventListeners) throw new GgenError('too-busy', 'too many listeners for peers')
    this.#listeners.add(listener)
    return { [Symbol.dispose]: () => this.#listeners.delete(listener) }
  }

  async ask(...[peer, protocol, question, signal]: Parameters<Network['ask']>): Promise<Uint8Array> {
    if (question.length > LIMITS.questionBytes) throw new GgenError('frame-invalid', `a question has at most ${LIMITS.questionBytes} bytes`)
    if (this.#asking >= LIMITS.pendingQuestions) throw new GgenError('too-busy', 'too many questions are waiting for an answer')
    const bounded = AbortSignal.any([signal, this.#ended.signal, this.#options.clock.timeout(LIMITS.askTimeoutMs)])
    this.#asking += 1
    try {
      const { node, cut } = await this.#reach(peer, bounded)
      const lost = AbortSignal.any([bounded, cut.signal])
      await this.#travel(lost)
      const answer = await raced(node.#serve(protocol, [question.slice(), this.self, lost]), lost)
      await this.#travel(lost)
      return answer
    } catch (error) {
      const failure = toGgenError(error)
      // A ban is our own business; to the caller this peer just cannot be reached.
      throw failure.code === 'denied' ? new GgenError('peer-unreachable', failure.message, { cause: failure }) : failure
    } finally {
      this.#asking -= 1
    }
  }

  answer(protocol: Protocol, answerer: Answerer): Disposable {
    assert(!this.#answerers.has(protocol), `${protocol} has an answerer already`)
    this.#answerers.set(protocol, answerer)
    return { [Symbol.dispose]: () => this.#answerers.delete(protocol) }
  }

  async announce(message: Uint8Array): Promise<number> {
    this.#ended.signal.throwIfAborted()
    return this.#gossip.announce(message)
  }

  listen(judge: Judge): Disposable {
    return this.#gossip.listen(judge)
  }

  async provide(digest: Digest, signal: AbortSignal): Promise<void> {
    await this.#travel(AbortSignal.any([signal, this.#ended.signal]))
    this.#provided.add(digest)
    if (this.#provided.size <= LIMITS.knownHolders) return
    this.#provided.delete(digest)
    throw new GgenError('too-busy', `this node tells the network about ${LIMITS.knownHolders} blobs already`)
  }

  /** Walks the links outwards, nearest nodes first. */
  async *findProviders(digest: Digest, signal: AbortSignal): AsyncGenerator<PeerId> {
    const seen = new Set<MemoryNode>([this])
    let found = 0
    for (const node of seen) {
      if (signal.aborted || this.isGone || found === LIMITS.providersPerLookup) return
      if (node !== this && node.#provided.has(digest) && this.admits(node.self)) {
        found += 1
        yield node.self
      }
      for (const { node: next } of node.#links.values()) seen.add(next)
    }
  }

  ban(peer: PeerId, reason: string): void {
    if (this.#lists.convict({ peer }, reason).length > 0) this.#cut(peer, reason)
  }

  admits(peer: PeerId, host?: string): boolean {
    const plain = host === undefined ? undefined : plainHost(host)
    return (host === undefined || plain !== undefined) && this.#lists.admits(peer, plain)
  }

  #meet(other: MemoryNode): void {
    if (this.#met.size < LIMITS.peersMet) this.#met.add(other.self)
    this.#tell('connected', other)
  }

  stats(): NetworkStats {
    return { providerRecords: this.#provided.size, topics: this.isGone ? [] : [TOPIC], peersMet: this.#met.size }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.end()
  }

  /** Links two nodes; linking them again changes nothing. Throws `denied` when this one banned the other, `peer-unreachable` when it is banned there. */
  connect(other: MemoryNode): void {
    if (this.#links.has(other.self)) return
    if (!this.admits(other.self, other.#host)) throw new GgenError('denied', `${other.self} is banned`)
    if (!other.admits(this.self, this.#host)) throw new GgenError('peer-unreachable', `${other.self} cannot be reached`)
    const link = { since: this.#options.clock.now(), cut: new AbortController() }
    this.#links.set(other.self, { ...link, node: other, direction: 'outbound' })
    other.#links.set(this.self, { ...link, node: this, direction: 'inbound' })
    this.#meet(other)
    other.#meet(this)
  }

  /** Ends the link to a peer, if there is one. */
  disconnect(peer: PeerId): void {
    const link = this.#links.get(peer)
    if (link === undefined) return
    this.#links.delete(peer)
    link.node.#links.delete(this.self)
    link.cut.abort(new GgenError('peer-unreachable', 'the connection was lost'))
    this.#tell('disconnected', link.node)
    link.node.#tell('disconnected', this)
  }

  /** Ends the node: its waits, then its links. */
  end(): void {
    if (this.isGone) return
    this.#ended.abort(new GgenError('cancelled', 'the node has left the network'))
    this.#listeners.clear()
    for (const peer of this.#links.keys()) this.disconnect(peer)
  }

  /** Takes a gossiped message from a linked node. */
  receive(message: Uint8Array, from: PeerId): void {
    this.#gossip.receive(message, from)
  }

  async #reach(peer: PeerId, signal: AbortSignal): Promise<Link> {
    signal.throwIfAborted()
    if (!this.#links.has(peer)) {
      await this.#travel(signal)
      this.#options.connect(this.self, peer)
    }
    const link = this.#links.get(peer)
    assert(link !== undefined, 'connecting makes a link')
    return link
  }

  async #serve(protocol: Protocol, question: Parameters<Answerer>): Promise<Uint8Array> {
    const answerer = this.#answerers.get(protocol)
    if (answerer === undefined) throw new GgenError('peer-unreachable', `${this.self} does not answer ${protocol}`)
    try {
      const answer = await answerer(...question)
      if (answer.length > LIMITS.messageBytes) throw new GgenError('internal', `an answer of ${answer.length} bytes is larger than ${LIMITS.messageBytes}`)
      return answer.slice()
    } catch (error) {
      if (question[2].aborted || isGgenError(error, 'too-busy') || isGgenError(error, 'frame-invalid')) throw error
      const { code, message } = toGgenError(error)
      this.#options.events?.emit({ type: 'task-failed', task: `answer ${protocol}`, code, message })
      throw new GgenError('peer-unreachable', `${this.self} failed to answer ${protocol}`)
    }
  }

  /** Lets the time of one message pass; even without any, the receiver runs after the sender's step. */
  async #travel(signal: AbortSignal): Promise<void> {
    const { clock, latencyMs } = this.#options
    try {
      signal.throwIfAborted()
      await (latencyMs === 0 ? Promise.resolve() : clock.wait(latencyMs, signal))
    } catch (error) {
      throw toGgenError(error)
    }
  }

  #cut(subject: BanSubject, reason: string): void {
    if (isPeerId(subject)) this.#options.events?.emit({ type: 'peer-banned', peer: subject, reason })
    for (const { node } of this.#links.values()) if (!this.admits(node.self, node.#host)) this.disconnect(node.self)
  }

  /** Where it is: every node has a host of its own. */
  get #host(): string | undefined {
    return this.#options.address.split('/')[2]
  }

  #tell(type: PeerChange['type'], other: MemoryNode): void {
    const peer = other.self
    const { address } = other.#options
    this.#options.events?.emit(type === 'connected' ? { type: 'peer-connected', peer, address } : { type: 'peer-disconnected', peer })
    for (const listener of this.#listeners) listener({ type, peer, address })
  }
}

/** The result, or the signal's reason if that comes first. */
const raced = async <Result>(work: Promise<Result>, signal: AbortSignal): Promise<Result> => {
  const { promise, reject } = Promise.withResolvers<never>()
  const onAbort = (): void => reject(signal.reason)
  signal.addEventListener('abort', onAbort, { once: true })
  if (signal.aborted) onAbort()
  try {
    return await Promise.race([work, promise])
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}
