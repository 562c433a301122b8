import { type AskedRegistries, GgenError, type Giver, type RegistryId } from '#core'
import type { Givers } from '#flow/fetch'
import type { NamedRegistries, Upstream } from '#registry'

/** Whom a node asks besides its own stores, and in which order. */
export interface Registries {
  /** Who is asked first where there are both. */
  readonly order: 'central-first' | 'p2p-first'
  readonly asksPeers: boolean
  readonly central?: Upstream
  /** Whether a token for the central registry is configured, without which no server takes what is published here. */
  readonly hasToken?: boolean
  /** The central registry where it is configured and not asked, unless a question wants it. */
  readonly spare?: Upstream
  /** Servers that are named for single questions; absent: none can be. */
  readonly named?: NamedRegistries
  /** Those of them that a token is configured for. */
  readonly namedTokens?: ReadonlySet<RegistryId>
  /** Whether only those that are private may hear of a name. */
  readonly isPrivateName: (name: string) => boolean
  /** Whether the network is one that not everybody is in. */
  readonly isNetworkPrivate: boolean
}

/** Peers alone. */
export const PEERS_ALONE: Registries = Object.freeze({ order: 'p2p-first', asksPeers: true, isPrivateName: () => false, isNetworkPrivate: true })

/** Whom one question is asked of, as long as it takes. */
export interface Among extends Disposable {
  /** Absent: those that the operator chose. */
  readonly among?: Registries
}

/**
 * Those that a question wants to be asked, and nobody else. A server that is named is the central registry where it is at the same address; any other is
 * not private, and never gets the token of the central one. Throws `usage` where there is no central registry, and `too-busy`.
 */
export const amongWhom = async (registries: Registries, asked: AskedRegistries | undefined): Promise<Among> => {
  if (asked === undefined) return { [Symbol.dispose]: () => undefined }
  const { central: _usual, ...rest } = registries
  const central = registries.central ?? registries.spare
  const among = (change: Partial<Registries>): Among => ({ among: { ...rest, ...change }, [Symbol.dispose]: () => undefined })
  if (asked === 'p2p') return among({ asksPeers: true })
  if (asked === 'central') {
    if (central === undefined) throw noCentral()
    return among({ asksPeers: false, central })
  }
  if ('prefer' in asked) return among({ order: asked.prefer, asksPeers: true, ...(central !== undefined && { central }) })
  if (central?.id === asked.url) return among({ asksPeers: false, central })
  if (registries.named === undefined) throw new GgenError('usage', 'this node asks no registries that are named for one question')
  const lease = await registries.named.lease(asked.url)
  return { among: { ...rest, asksPeers: false, central: lease.upstream }, [Symbol.dispose]: () => lease[Symbol.dispose]() }
}

/** Says what to do where there is no central registry. */
export const noCentral = (): GgenError =>
  new GgenError('usage', 'no central registry is configured', {
    hint: 'name one: --registry https://…; or set registry.central_url (GGEN_REGISTRY_URL) and start the node again',
  })

/** The same for those who bring bytes. */
export const giversOf = ({ order, asksPeers, central }: Registries): Givers => ({ order, asksPeers, ...(central !== undefined && { server: central.id }) })

/** The server that a giver is. */
export const serverOf = ({ central, spare, named }: Registries, giver: Giver): Upstream | undefined =>
  [central, spare].find((upstream) => upstream?.id === giver) ?? named?.find(giver)
