import type { BandwidthLimits, IdentityId, Multiaddr, NetworkTuning, RegistryId } from '#core'
import type { NpmRoute } from './name-kinds.ts'
import type { PrivateNetwork } from './ticket.ts'
import type { Places } from './places.ts'
import type { ShownSetting } from './show-settings.ts'

/** Whom the operator trusts without looking. */
export interface TrustSettings {
  /** What to do with a name that one publisher claims and for whom nothing speaks. */
  readonly firstUse: 'ask' | 'accept'
  /** Whether domains are asked who speaks for the names that begin with them. */
  readonly domains: boolean
  /** So long a new version of a known package is not chosen; 0: at once. */
  readonly coolDownMs: number
  /** Names and patterns with the publisher that they belong to. */
  readonly namespaces: ReadonlyMap<string, IdentityId>
}

/** What is taken of npm registries, and what of the network. */
export interface NpmSettings {
  /** Names, `@scope/*` and `*`, with where the packages that they mean come from. */
  readonly routes: ReadonlyMap<string, NpmRoute>
  /** Hashes (`SHA256:…`) of keys that they may sign with although they did not before. */
  readonly acceptedKeys: readonly string[]
  /** What nobody gets: `name` or `name@range`, as the operator wrote it. */
  readonly denied: readonly string[]
  /** Versions that are younger are not offered; 0: all are. */
  readonly minAgeMs: number
  /** Whether nodes of the network are believed which keys they have and when versions came out; only where nobody enters it without a key. */
  readonly believesTeam: boolean
}

/** Which packages a node keeps for others. */
export interface SeedSettings {
  /** Names, prefixes and publishers, as the operator wrote them. */
  readonly follow: readonly string[]
  readonly all: boolean
}

/** Whom packages are asked of: the server that the operator named, the peers, or both. */
export interface RegistrySettings {
  readonly mode: 'central' | 'p2p' | 'hybrid'
  readonly prefer: 'central-first' | 'p2p-first'
  /** `http(s)://` or `file://`, without a slash at its end; `undefined`: there is none. */
  readonly centralUrl: string | undefined
  /** Whether private names may be asked of the central one. */
  readonly centralIsPrivate: boolean
  /** What the central one knows this user by. Never printed, never logged. */
  readonly token: string | undefined
  /** The same of servers that are named for single calls. */
  readonly tokens: ReadonlyMap<RegistryId, string>
  /** Names and patterns of packages that no public source is asked for. */
  readonly privateNames: readonly string[]
  readonly timeoutMs: number
  /** Further tries where time ran out. */
  readonly retries: number
  /** Answers that are remembered, and for how long. */
  readonly cachePackages: number
  readonly cacheTtlMs: number
}

/** What the operator asked for. Frozen, and complete: every default is filled in. */
export interface Config extends Places {
  /** Where it is said that there shall be no node; `undefined`: there may be one. */
  readonly disabledBy: string | undefined
  /** `/ip4|ip6/…/tcp/…`, at least one. */
  readonly listen: readonly Multiaddr[]
  /** Nobody chose `listen`, so another port may be taken when the default one is in use. */
  readonly listenIsDefault: boolean
  readonly bootstrap: readonly Multiaddr[]
  /** Whether nodes on the local network are found by multicast. */
  readonly mdns: boolean
  readonly network: string
  /** The network that this home has the key of. Never printed, never logged. */
  readonly joined: PrivateNetwork | undefined
  /** Not that which everybody is in: names that are private may be told there. */
  readonly isNetworkPrivate: boolean
  /** Where what a node knows and holds lies: the home folder, or one in it for each private network, so that nothing of one network is told in another. */
  readonly dataFolder: string
  /** Whether ops are told and relayed as they come; without, they are only compared from time to time. */
  readonly gossip: boolean
  /** Milliseconds between two comparisons of the catalogue with that of some peer. */
  readonly syncEveryMs: number
  /** Keeps no catalogue of its own and asks peers instead. */
  readonly light: boolean
  /** Whether anything can be published from here. */
  readonly publishes: boolean
  /** It ends by itself when nobody has asked it anything for so long; `undefined`: never. */
  readonly idleExitMs: number | undefined
  /** How the node takes part in its network. */
  readonly tuning: NetworkTuning
  /** The key that names this node, where it is not in the home folder. Absolute. */
  readonly peerKeyPath: string | undefined
  /** Who may publish to the registry that is served from this home. Absolute. */
  readonly tokensPath: string
  /** TCP port of the bulk channel; `undefined`: none is opened. */
  readonly bulkPort: number | undefined
  /** Nobody chose `bulkPort`, so another port may be taken when it is in use. */
  readonly bulkPortIsDefault: boolean
  /** TCP port on this machine alone over which programs may ask the node; `undefined`: none. */
  readonly controlPort: number | undefined
  /** TCP port on this machine alone over which package managers ask the node; `undefined`: none. */
  readonly httpPort: number | undefined
  /** Nobody chose `httpPort`, so another port may be taken when it is in use. */
  readonly httpPortIsDefault: boolean
  /** Until others are set by command. */
  readonly limits: BandwidthLimits
  /** Bytes that archives kept for others may take; `undefined`: as many as there is room for. */
  readonly quotaBytes: number | undefined
  /** Bytes that the records of the catalogue may take, without what is dear to this node; `undefined`: as many as there are. */
  readonly catalogueQuotaBytes: number | undefined
  readonly seed: SeedSettings
  readonly trust: TrustSettings
  readonly registry: RegistrySettings
  readonly npm: NpmSettings
  /** Results that a search shows unless it says how many. */
  readonly searchLimit: number
  /** What a node heeds of all this, as it is shown. */
  readonly settings: readonly ShownSetting[]
  /** What was configured and has no effect, as sentences for people. */
  readonly remarks: readonly string[]
}
