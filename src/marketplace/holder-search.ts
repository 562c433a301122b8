import { type Clock, type Digest, type Giver, REGISTRY_LIMITS } from '#core'
import { Hedged, type Holder, type Sought, type Stage } from '#flow/fetch'
import type { Network } from '#network'
import type { Upstream } from '#registry'
import { type Registries, serverOf } from './registries.ts'

export interface HolderSearchParts {
  readonly registries: Registries
  readonly network: Pick<Network, 'peers'>
  readonly clock: Clock
  readonly findPeers: (sought: Sought, signal: AbortSignal) => AsyncIterable<Holder>
}

/** How long peers look alone where they come first. */
const PEERS_ALONE_MS = 800
/** Whom bytes of one blob are asked of. */
interface Askable {
  readonly order: Registries['order']
  readonly asksPeers: boolean
  readonly server: Upstream | undefined
}

/** So long a server is asked for no bytes that gave wrong ones. */
const LIAR_MS = 60_000

interface Search {
  readonly good: Set<Giver>
  readonly wake: () => void
}

/** Who may give a blob: servers and peers, in the order that the operator chose, the next ones as soon as nobody before them does. */
export class HolderSearch {
  readonly #parts: HolderSearchParts
  readonly #searches = new Map<Digest, Set<Search>>()
  /** Servers that gave wrong bytes, and until when they are passed over. */
  readonly #liars = new Map<Giver, number>()

  constructor(parts: HolderSearchParts) {
    this.#parts = parts
  }

  /** Each the moment it is known. Throws as looking for peers does. */
  async *find(sought: Sought, signal: AbortSignal): AsyncGenerator<Holder> {
    const good = new Set<Giver>()
    const { clock } = this.#parts
    const askable = this.#askable(sought)
    const server = this.#serverStage(sought, askable)
    const peers = this.#peersStage(sought, askable)
    if (server === undefined && peers !== undefined) {
      yield* this.#parts.findPeers(sought, signal)
      return
    }
    const isDoubted = askable.server?.isDoubted === true && hasPeers(askable, this.#parts.network)
    const isServerFirst = askable.order === 'central-first' && !isDoubted
    const stages = (isServerFirst ? [server, peers] : [peers, server]).filter((stage) => stage !== undefined)
    const hedged = new Hedged<Holder>(stages, { clock, isFound: () => good.size > 0 })
    const search: Search = { good, wake: () => hedged.wake() }
    const searches = this.#searches.get(sought.digest) ?? new Set()
    this.#searches.set(sought.digest, searches.add(search))
    try {
      for await (const holder of hedged.run(signal)) {
        good.add(holder.peer)
        yield holder
      }
    } finally {
      searches.delete(search)
      if (searches.size === 0) this.#searches.delete(sought.digest)
    }
  }

  /** Somebody who was found is none: those who come next are looked for. */
  forget(digest: Digest, giver: Giver): void {
    for (const { good, wake } of this.#searches.get(digest) ?? []) if (good.delete(giver)) wake()
  }

  /** A server gave wrong bytes. */
  passOver(server: Giver): void {
    this.#liars.delete(server)
    this.#liars.set(server, this.#parts.clock.monotonic() + LIAR_MS)
    const [oldest] = this.#liars.keys()
    if (oldest !== undefined && this.#liars.size > REGISTRY_LIMITS.namedRegistries) this.#liars.delete(oldest)
  }

  /** Those who are named for this blob, else those that the operator chose. */
  #askable({ givers }: Sought): Askable {
    const { registries } = this.#parts
    if (givers === undefined) return { ...registries, server: registries.central }
    return { ...givers, server: givers.server === undefined ? undefined : serverOf(registries, givers.server) }
  }

  /** A server that was named is taken for a holder until it says otherwise: asking it first would take as long as reading. */
  #serverStage({ sizeBytes }: Sought, { server, asksPeers }: Askable): Stage<Holder> | undefined {
    if (server === undefined || server.isForeign || this.#isLiar(server.id)) return undefined
    if ( (server.isAvoided && hasPeers({ asksPeers }, this.#parts.network))) return undefined
    return { afterMs: () => PEERS_ALONE_MS, look: async (found) => found({ peer: server.id, sizeBytes }) }
  }

  #isLiar(server: Giver): boolean {
    return this.#parts.clock.monotonic() < (this.#liars.get(server) ?? -Infinity)
  }

  #peersStage(sought: Sought, { asksPeers }: Askable): Stage<Holder> | undefined {
    const { registries: { isNetworkPrivate }, findPeers } = this.#parts
    if (!asksPeers || (sought.isPrivate === true && !isNetworkPrivate)) return undefined
    return {
      afterMs: () => 0,
      look: async (found, signal) => {
        for await (const holder of findPeers(sought, signal)) found(holder)
      },
    }
  }
}

/** Whether anybody could be asked instead of a server. */
export const hasPeers = ({ asksPeers }: Pick<Registries, 'asksPeers'>, network: Pick<Network, 'peers'>): boolean => asksPeers && network.peers().length > 0
