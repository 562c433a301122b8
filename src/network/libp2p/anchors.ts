import { type Anchor, type Clock, LIMITS, type PeerId } from '#core'
import type { ConnectedPeer } from '#network'
import { peerIdFromString } from '@libp2p/peer-id'
import { multiaddr } from '@multiformats/multiaddr'
import { hostOfAddress, withoutPeer } from './address-scope.ts'
import { AnchorBook } from './anchor-book.ts'
import type { Node } from './node.ts'
import { toMultiaddr } from './peer-table.ts'
import { ANCHORS } from './settings.ts'
import type { Tasks } from './tasks.ts'

/** Where anchors are kept, so that a restart finds them again. */
export interface AnchorFile {
  /** Empty when nothing was kept. Throws when what is there is damaged. */
  read(): Promise<readonly Anchor[]>
  /** At most `LIMITS.knownAnchors`. */
  write(anchors: readonly Anchor[]): Promise<void>
}

/** What keeping anchors needs from the rest of the node. */
export interface AnchorContext {
  /** Absent: nothing survives the node. */
  readonly file: AnchorFile | undefined
  readonly node: Pick<Node, 'dial' | 'peerStore'>
  readonly clock: Clock
  readonly tasks: Tasks
  /** In [0, 1). */
  readonly fraction: () => number
  /** Peers that are connected and said who they are. */
  readonly connected: () => readonly ConnectedPeer[]
}

/**
 * Keeps this node connected to a few peers of different networks that it has known for a day: whoever wants to surround it must have been there first,
 * and a restart does not help. The first thing that a node does is to connect to them again.
 */
export class Anchors {
  readonly #context: AnchorContext
  readonly #book: AnchorBook
  #isChanged = false

  private constructor(context: AnchorContext, book: AnchorBook) {
    this.#context = context
    this.#book = book
  }

  /** Reads what was kept; what is damaged is none, and reported. */
  static async open(context: AnchorContext): Promise<Anchors> {
    const { file, tasks, clock } = context
    const [kept] = await Promise.allSettled([file?.read() ?? []])
    if (kept.status === 'rejected') tasks.report('read the anchors', kept.reason)
    return new Anchors(context, new AnchorBook(kept.status === 'fulfilled' ? kept.value : [], clock.now()))
  }

  /** The connected peers that are anchors. */
  peers(): ReadonlySet<PeerId> {
    const connected = new Set(this.#outbound().map(({ peer }) => peer))
    return new Set(this.#book.among(connected, this.#context.clock.now()).map(({ peer }) => peer))
  }

  /** Connects to anchors at once, and looks after them until the node ends. */
  keep(): void {
    this.#context.tasks.run('stay connected to anchors', async (signal) => {
      for (;;) {
        await this.#lookAfter(signal)
        await this.#context.clock.wait(ANCHORS.everyMs, signal)
      }
    })
  }

  /** Writes down what is known now. */
  async save(): Promise<void> {
    const { file, tasks } = this.#context
    this.#meetAll()
    if (file === undefined || !this.#isChanged) return
    this.#isChanged = false
    const [written] = await Promise.allSettled([file.write(this.#book.list())])
    if (written.status === 'rejected') tasks.report('write the anchors', written.reason)
  }

  async #lookAfter(signal: AbortSignal): Promise<void> {
    const { clock, node, fraction, connected } = this.#context
    this.#meetAll()
    const present = new Set(connected().map(({ peer }) => peer))
    const dials = this.#book.missing(present, clock.now(), fraction).map(({ peer, address }) => {
      const bounded = AbortSignal.any([signal, clock.timeout(LIMITS.askTimeoutMs)])
      return node.dial(multiaddr(`${address}/p2p/${peer}`), { signal: bounded })
    })
    // Whoever is not there any more is tried again, or another one instead.
    await Promise.allSettled(dials)
    const tag = { value: ANCHORS.tagValue, ttl: 3 * ANCHORS.everyMs }
    await Promise.allSettled([...this.peers()].map((peer) => node.peerStore.merge(peerIdFromString(peer), { tags: { [ANCHORS.tag]: tag } })))
    await this.save()
  }

  /** Only where this node dialled, the address is that of the peer. */
  #outbound(): readonly ConnectedPeer[] {
    return this.#context.connected().filter(({ direction }) => direction === 'outbound')
  }

  #meetAll(): void {
    const now = this.#context.clock.now()
    for (const { peer, address } of this.#outbound()) {
      const plain = address && toMultiaddr(withoutPeer(address))
      if (plain !== undefined && hostOfAddress(plain) !== undefined && this.#book.meet(peer, plain, now)) this.#isChanged = true
    }
  }
}
