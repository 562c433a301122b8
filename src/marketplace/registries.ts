import type { Upstream } from '#registry'

/** Whom a node asks besides its own stores, and in which order. */
export interface Registries {
  /** Who is asked first where there are both. */
  readonly order: 'central-first' | 'p2p-first'
  readonly asksPeers: boolean
  readonly central?: Upstream
  /** Whether a token is configured, without which no server takes what is published here. */
  readonly hasToken?: boolean
  /** Whether only those that are private may hear of a name. */
  readonly isPrivateName: (name: string) => boolean
  /** Whether the network is one that not everybody is in. */
  readonly isNetworkPrivate: boolean
}

/** Peers alone. */
export const PEERS_ALONE: Registries = Object.freeze({ order: 'p2p-first', asksPeers: true, isPrivateName: () => false, isNetworkPrivate: true })
