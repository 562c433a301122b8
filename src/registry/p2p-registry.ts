import type { BlobSource } from '#bulk'
import { type Clock, GgenError, type PackageName, type PeerId, REGISTRY_LIMITS } from '#core'
import { announceOps } from '#flow/announce'
import { parseQuery, searchPeers } from '#flow/search'
import type { Network } from '#network'
import type { BlobRange } from '#store'
import { mayAskOthers, nobodyAnswered } from './failures.ts'
import { readVersions } from './read-versions.ts'
import { recordsUnder } from './records-under.ts'
import type { Delivery, Publication, Records, Registry, RegistryBlob, RegistryQuery, RegistryStatus, RegistryVersion } from './registry.ts'

export interface P2pParts {
  readonly network: Network
  readonly clock: Clock
  readonly source: BlobSource
  /** Who holds a blob, each the moment it is known. */
  readonly findHolders: (blob: RegistryBlob, signal: AbortSignal) => AsyncIterable<{ readonly peer: PeerId; readonly sizeBytes: number }>
  /** Whether the network is one that not everybody is in. */
  readonly isPrivate: boolean
}

/** Hits that are asked for by a name. */
const NAMED_HITS = 50

/** The peers that this node is connected to, and those that they know of. */
export class P2pRegistry implements Registry {
  readonly name = 'p2p'
  readonly isPrivate: boolean
  readonly #parts: P2pParts

  constructor(parts: P2pParts) {
    this.isPrivate = parts.isPrivate
    this.#parts = parts
  }

  /** Throws `no-peers` where none is connected. */
  async search(query: RegistryQuery, signal: AbortSignal): Promise<Records> {
    signal.throwIfAborted()
    const { network, clock } = this.#parts
    const envelopes: Uint8Array[] = []
    const take = async (given: readonly Uint8Array[]): Promise<void> => {
      const room = REGISTRY_LIMITS.records - envelopes.length
      envelopes.push(...given.slice(0, room))
    }
    const { asked, answered } = await searchPeers({ network, clock, take }, query, signal)
    if (asked === 0) throw new GgenError('no-peers', 'no peer is connected that could be asked')
    if (answered === 0) throw new GgenError('timeout', `none of ${asked} peers answers in time`)
    return { envelopes, ...(answered < asked && { partial: true }) }
  }

  /** Peers are asked by words, and know others that are called almost so. */
  async find(name: PackageName, signal: AbortSignal): Promise<Records> {
    const { envelopes, ...rest } = await this.search(parseQuery({ words: [name], limit: NAMED_HITS }), signal)
    return { ...rest, envelopes: recordsUnder(name, envelopes) }
  }

  async versions(name: PackageName, signal: AbortSignal): Promise<readonly RegistryVersion[]> {
    const { envelopes } = await this.find(name, signal)
    return readVersions(name, envelopes, this.#parts.clock)
  }

  /** From one holder after the other, each going on where one stopped. */
  async *open(blob: RegistryBlob, { offset, length }: BlobRange, signal: AbortSignal): AsyncGenerator<Uint8Array> {
    signal.throwIfAborted()
    const { source, findHolders } = this.#parts
    const failures: GgenError[] = []
    let came = 0
    for await (const { peer, sizeBytes } of findHolders(blob, signal)) {
      if (sizeBytes !== blob.sizeBytes) continue
      try {
        for await (const chunk of source.read({ peer, ...blob, offset: offset + came, length: length - came }, signal)) {
          came += chunk.length
          yield chunk
        }
        return
      } catch (error) {
        signal.throwIfAborted()
        if (!mayAskOthers(error)) throw error
        failures.push(error)
      }
    }
    if (failures.length === 0) throw new GgenError('blob-not-found', 'nobody who is reachable holds it')
    throw nobodyAnswered(failures.map((error) => ({ registry: this.name, error })))
  }

  /** Tells connected peers; who wants the bytes comes for them, so they have to be on this node. */
  async publish({ envelopes }: Publication, signal: AbortSignal): Promise<Delivery> {
    signal.throwIfAborted()
    return { state: 'told', peers: await announceOps(this.#parts.network, envelopes.map((bytes) => ({ bytes }))) }
  }

  async status(signal: AbortSignal): Promise<RegistryStatus> {
    signal.throwIfAborted()
    const { network } = this.#parts
    return { peerId: network.self, peers: network.peers().length }
  }
}
