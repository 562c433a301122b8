import { type Config, VERSION } from '#config'
import { type Artifact, type Digest, type Events, GgenError, type PackageName, type PeerId, toGgenError } from '#core'
import type { Depot } from '#depot'
import type { NodeMarketplace } from '#marketplace'
import { parseDenyRule } from '#npm'
import type { Network } from '#network'
import type { BlobStore, Catalogue, KeptArchives } from '#store'
import type { NpmDepot } from './npm-depot.ts'
import { openMarket } from './npm-market.ts'
import type { NpmConfiguration } from './npm-sources.ts'

/** The way to the packages of npm registries, which is opened by the first who goes it. */
export interface OpenNpm {
  /** Throws `config-invalid`, `store-broken` and `disk-full`. */
  open(): Promise<Depot>
  /** An address of the own door, so that it is never asked as an upstream. */
  addDoor(url: string): void
}

export interface OfferNpmParts {
  readonly config: Pick<Config, 'joined' | 'isNetworkPrivate' | 'npm' | 'home'>
  readonly configuration: NpmConfiguration
  readonly blobs: BlobStore
  readonly network: Network
  readonly marketplace: Pick<NodeMarketplace, 'bytes' | 'offering' | 'search'>
  readonly events: Events
  readonly catalogue: Pick<Catalogue, 'claimants'>
  /** Archives that stay. */
  readonly kept: KeptArchives
}

/** Answers peers of the same network or the same place, and opens the depot for the door. */
export const offerNpm = async (
  npm: NpmDepot, { config, configuration, blobs, network, marketplace, events, catalogue, kept }: OfferNpmParts,
): Promise<OpenNpm> => {
  // A node has loaded it by now.
  const { hostOfAddress, isNearby } = await import('#network/libp2p')
  const { isNetworkPrivate, joined, npm: { acceptedKeys, denied, minAgeMs, believesTeam } } = config
  const isTeam = (peer: PeerId): boolean => {
    const host = isNetworkPrivate ? undefined : hostOfAddress(network.addressOf(peer) ?? '')
    return isNetworkPrivate || (host !== undefined && isNearby(host))
  }
  const options = {
    configuration, events, blobs, network, isTeam, kept,
    // A name alone keeps nobody out.
    sharesPrivate: joined !== undefined,
    policy: { acceptedKeys: new Set(acceptedKeys), denied: denied.map(parseDenyRule), minAgeMs, believesTeam },
    userAgent: `ggen/${VERSION}`,
    fetchFrom: (artifact: Artifact, peer: PeerId, signal: AbortSignal) => marketplace.bytes.bringFrom(peer, artifact, signal),
    withholds: (digest: Digest) => marketplace.bytes.withholds(digest),
    claimants: (name: PackageName) => catalogue.claimants(name),
    openMarket: () => openMarket(marketplace, config),
  }
  network.answer('/ggen/npm/1', (question, from, signal) => {
    if (!isTeam(from)) throw new GgenError('too-busy', 'this node has nothing for strangers')
    return npm.answer(options, question, from, signal)
  })
  // Who keeps something looks after it from the start on, not from the first package that somebody wants.
  if (kept.reasons().length > 0) {
    void npm.open(options).catch((error: unknown) => {
      const { code, message } = toGgenError(error)
      events.emit({ type: 'task-failed', task: 'look after archives that are kept', code, message })
    })
  }
  return { open: () => npm.open(options), addDoor: (url) => npm.addDoor(url) }
}
