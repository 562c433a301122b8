import type { BlobSource } from '#bulk'
import { GgenError, type Giver, isPeer } from '#core'
import type { Network } from '#network'
import { hasPeers } from './holder-search.ts'
import type { Givers } from '#flow/fetch'
import { type Registries, serverOf } from './registries.ts'

export interface RegistrySourceParts {
  readonly registries: Registries
  readonly network: Pick<Network, 'peers'>
  readonly peers: BlobSource
  /** Of whom these bytes are asked; absent: of those that the operator chose. */
  readonly givers?: Givers | undefined
}

/** Bytes of whoever gives them: of peers as ever, and of servers over HTTP. */
export const registrySource = ({ registries, network, peers, givers = registries }: RegistrySourceParts): BlobSource<Giver> => ({
  carrier: (giver, range) => (isPeer(giver) ? peers.carrier(giver, range) : 'http'),
  read: ({ peer: giver, ...request }, signal) => {
    if (isPeer(giver)) return peers.read({ ...request, peer: giver }, signal)
    const server = serverOf(registries, giver)
    if (server === undefined) throw new GgenError('registry-unreachable', `${giver} is not known here`)
    return server.read({ ...request, hurried: hasPeers(givers, network) }, signal)
  },
  isReady: (giver) => !isPeer(giver) || peers.isReady?.(giver) !== false,
  prepare: (giver) => {
    if (isPeer(giver)) peers.prepare?.(giver)
  },
  recycle: (chunk) => peers.recycle?.(chunk),
})
