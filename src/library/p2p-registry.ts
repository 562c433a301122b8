import { rm } from 'node:fs/promises'
import { Events, type GgenEvent, type Multiaddr, NewsQueue, type PeerId } from '#core'
import type { OpenNode } from '#node'
import { type BootstrapReport, connectAll } from './connect-all.ts'
import { DhtOperations } from './dht-operations.ts'
import { codedCall, codedStream, heedSignal } from './heed-signal.ts'
import { accessTo, type NodeAccess } from './node-access.ts'
import type { NodePlan } from './node-plan.ts'
import type { P2PConfig } from './p2p-config.ts'
import { type P2PEvent, type P2PEventOrGap, p2pEventsOf } from './p2p-events.ts'
import { PackageClient } from './package-client.ts'
import { PublisherKeys } from './publisher-keys.ts'
import { closedError, runPlanned } from './running-node.ts'
import type { CallOptions } from './types.ts'

/** A node that can be reached. */
export interface ListeningNode {
  readonly peerId: PeerId
  /** Each with `/p2p/PEER`: what others bootstrap with. */
  readonly addresses: readonly Multiaddr[]
}

interface Running {
  readonly node: OpenNode
  readonly access: NodeAccess
}

/**
 * A whole node inside this program: it keeps a catalogue, answers others, and gives away what it holds. `P2PRegistryBuilder` makes one. It starts with
 * `startListening`, or with the first call that needs it; disposing stops it (`await using`), and everything under way ends with `cancelled`.
 */
export class P2PRegistry extends PackageClient implements AsyncDisposable {
  readonly #plan: NodePlan
  readonly #asked: P2PConfig
  readonly #events = new Events()
  readonly #told = new Set<NewsQueue<P2PEvent>>()
  readonly #closing: AbortController
  readonly #stopped = Promise.withResolvers<void>()
  #running: Promise<Running> | undefined
  #disposing: Promise<void> | undefined
  /** Who holds what, asked of the peers near a digest, and signed records by the name of a package. */
  readonly dht: DhtOperations

  /** `P2PRegistryBuilder` makes one. */
  protected constructor(asked: P2PConfig, plan: NodePlan) {
    const closing = new AbortController()
    const { passphrase } = asked
    super({
      access: async () => (await this.#run()).access,
      keys: new PublisherKeys({
        open: async () => await (await import('#node/system')).openKeystore(plan.config.home, plan.keysFolder),
        isFleeting: plan.isFleeting && asked.identityPath === undefined,
        ...(passphrase !== undefined && { passphrase: passphrase === false ? { kind: 'none' } : passphrase }),
      }),
      closing: closing.signal,
    })
    this.#asked = asked
    this.#plan = plan
    this.#closing = closing
    this.dht = new DhtOperations({ node: async () => (await this.#run()).node, closing: closing.signal, tell: (event) => this.#tell(event) })
    this.#events.subscribe((event: GgenEvent) => p2pEventsOf(event).forEach((told) => this.#tell(told)))
  }

  /** @internal What the builder makes. */
  static ofPlan(asked: P2PConfig, plan: NodePlan): P2PRegistry {
    return new P2PRegistry(asked, plan)
  }

  /** The folder of this node. */
  get home(): string {
    return this.#plan.config.home
  }

  /**
   * Starts the node and joins the network; when it runs already, says where. Throws `daemon-already-running` where another node uses the home folder,
   * `port-in-use`, `home-insecure`, `disk-full`, `store-broken`.
   */
  async startListening({ signal }: CallOptions = {}): Promise<ListeningNode> {
    return await codedCall(async () => {
      const { node: { network } } = await heedSignal(() => this.#run(), this.#signal(signal))
      return { peerId: network.self, addresses: network.addresses() }
    })
  }

  /** Connects to these nodes now, besides those that the builder got. Throws `address-invalid`, and `peer-unreachable` when none of them can be reached. */
  async bootstrap(nodes: readonly string[], { signal }: CallOptions = {}): Promise<BootstrapReport> {
    return await codedCall(async () => {
      const soon = this.#signal(signal)
      const { node: { network } } = await heedSignal(() => this.#run(), soon)
      return await connectAll(nodes, async (address) => await network.dial(address, soon), soon)
    })
  }

  /**
   * What happens in the node from now on; leaving the loop, aborting the signal and disposing the registry end it. A reader that is too slow is told how
   * much was left out (`missed`).
   */
  events({ signal }: CallOptions = {}): AsyncIterable<P2PEventOrGap> {
    const left = new AbortController()
    const until = AbortSignal.any([this.#signal(signal), left.signal])
    const queue = new NewsQueue<P2PEvent>()
    this.#told.add(queue)
    until.addEventListener('abort', () => this.#told.delete(queue), { once: true })
    if (until.aborted) this.#told.delete(queue)
    return codedStream(queue.read(until), left)
  }

  /** Resolves when somebody asked the node over its control socket to stop (`ggen p2p stop`), and when the registry is disposed. */
  async whenStopped(): Promise<void> {
    await this.#stopped.promise
  }

  /** Stops the node in the reverse order of its start. A second time is fine. */
  [Symbol.asyncDispose](): Promise<void> {
    return (this.#disposing ??= this.#dispose())
  }

  async #dispose(): Promise<void> {
    const running = this.#running
    this.#closing.abort(closedError())
    try {
      const [started] = await Promise.allSettled([running])
      if (started.status === 'fulfilled') await started.value?.node[Symbol.asyncDispose]()
    } finally {
      this.#told.clear()
      if (this.#plan.isFleeting) await rm(this.home, { recursive: true, force: true })
      this.#stopped.resolve()
    }
  }

  /** One start at a time; one that failed may be tried again. */
  #run(): Promise<Running> {
    if (this.#closing.signal.aborted) return Promise.reject(closedError())
    return (this.#running ??= this.#start())
  }

  async #start(): Promise<Running> {
    try {
      const stop = this.#asked.controlSocket === true ? { stop: () => this.#stopped.resolve() } : {}
      const node = await runPlanned(this.#plan, { events: this.#events, signal: this.#closing.signal, ...stop })
      return { node, access: accessTo(node) }
    } catch (error) {
      this.#running = undefined
      throw error
    }
  }

  #tell(event: P2PEvent): void {
    for (const queue of this.#told) queue.push(event)
  }

  #signal(signal: AbortSignal | undefined): AbortSignal {
    return signal === undefined ? this.#closing.signal : AbortSignal.any([this.#closing.signal, signal])
  }
}
