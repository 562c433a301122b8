import type { Clock, Digest, Giver } from '#core'
import { Hedged, type Holder, type Sought, type Stage } from '#flow/fetch'
import type { Network } from '#network'
import type { Upstream } from '#registry'
import type { Registries } from './registries.ts'

export interface HolderSearchParts {
  readonly registries: Registries
  readonly network: Pick<Network, 'peers'>
  readonly clock: Clock
  readonly findPeers: (sought: Sought, signal: AbortSignal) => AsyncIterable<Holder>
}

/** How long peers look alone where they come first. */
const PEERS_ALONE_MS = 800
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
  #liarUntilMs = -Infinity

  constructor(parts: HolderSearchParts) {
    this.#parts = parts
  }

  /** Each the moment it is known. Throws as looking for peers does. */
  async *find(sought: Sought, signal: AbortSignal): AsyncGenerator<Holder> {
    const good = new Set<Giver>()
    const { clock, registries: { order } } = this.#parts
    const server = this.#serverStage(sought)
    const peers = this.#peersStage(sought)
    if (server === undefined && peers !== undefined) {
      yield* this.#parts.findPeers(sought, signal)
      return
    }
    const stages = (order === 'central-first' ? [server, peers] : [peers, server]).filter((stage) => stage !== undefined)
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
  passOver(): void {
    this.#liarUntilMs = this.#parts.clock.monotonic() + LIAR_MS
  }

  /** A server that was named is taken for a holder until it says otherwise: asking it first would take as long as reading. */
  #serverStage({ sizeBytes }: Sought): Stage<Holder> | undefined {
    const { registries, network, clock } = this.#parts
    const { central } = registries
    const isWorthIt = central !== undefined && clock.monotonic() >= this.#liarUntilMs && !(central.isAvoided && hasPeers(registries, network))
    if (!isWorthIt) return undefined
    return { afterMs: () => PEERS_ALONE_MS, look: async (found) => found({ peer: central.id, sizeBytes }) }
  }

  #peersStage(sought: Sought): Stage<Holder> | undefined {
    const { registries: { asksPeers, isNetworkPrivate }, findPeers } = this.#parts
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
export const hasPeers = ({ asksPeers }: Registries, network: Pick<Network, 'peers'>): boolean => asksPeers && network.peers().length > 0

/** The server that a giver is. */
export const serverOf = ({ central }: Registries, giver: Giver): Upstream | undefined => (central?.id === giver ? central : undefined)
