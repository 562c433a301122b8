import { join, resolve } from 'node:path'
import { type Config, type Environment, findPlaces, readJoined, toConfig, type Variables } from '#config'
import { type IdentityId, type Multiaddr, parseIdentityId, parseMultiaddr } from '#core'

/** What a program asks of a node of its own; what is absent has a default. */
export interface P2PConfig {
  /** The folder of this node. Absent: a temporary one that is removed when the registry is disposed, publisher's keys and all. */
  readonly home?: string
  /**
   * Take what `ggen` would take: the user's home folder, the environment variables and `config.toml`; what is said here wins. Without it nothing outside the
   * program configures the node.
   */
  readonly userConfig?: boolean
  /** `/ip4|ip6/…/tcp/…`; any free port of every interface where it is absent. */
  readonly listenAddresses?: readonly string[]
  /** `…/p2p/PEER` or `PEER@…`: connected to, and again whenever the connection is lost. Nobody else is contacted. */
  readonly bootstrapNodes?: readonly string[]
  /** Nodes of different networks do not talk to each other; `main` where it is absent. */
  readonly network?: string
  /** Whether nodes of the local network are found by multicast; true where it is absent. */
  readonly mdns?: boolean
  /** Whether releases are told and relayed at once; true where it is absent. Without it they are only compared from time to time. */
  readonly gossip?: boolean
  /** Keeps no catalogue and asks peers instead; false where it is absent. */
  readonly light?: boolean
  readonly trust?: P2PTrust
  /** The folder of the keys: the node's own and the publisher's; `keys` in the home folder where it is absent. One node at a time uses it. */
  readonly identityPath?: string
  /** What opens the publisher's keys, and encrypts them when they are made; `false`: they lie in the clear. */
  readonly passphrase?: string | false
  /** Whether `ggen` commands and other programs of this user may talk to this node (see `connectRegistry`); false where it is absent. */
  readonly controlSocket?: boolean
  /** Who is asked for packages besides this node and its peers. */
  readonly registry?: RegistryChoice
}

/** A central registry, and whether it or peers are asked. */
export interface RegistryChoice {
  /** `http(s)://…`; no address is built in. */
  readonly centralUrl?: string
  /** `hybrid` where it is absent. */
  readonly mode?: 'central' | 'p2p' | 'hybrid'
  /** Who is asked first; `central-first` where it is absent. */
  readonly prefer?: 'central-first' | 'p2p-first'
  /** What the central registry knows this user by. */
  readonly token?: string
  /** Names and patterns that no public source is asked for. */
  readonly privateNames?: readonly string[]
}

/** Whom a node believes that a name is theirs. */
export interface P2PTrust {
  /** `ask`: a name that nothing speaks for is refused unless the call says whom it means · `accept`: the only publisher of a name is taken. */
  readonly firstUse?: 'ask' | 'accept'
  /** Whether domains are asked over DNS and HTTPS who speaks for names such as `io.example.tool`; true where it is absent. */
  readonly domains?: boolean
  /** So long a new version of a known package is not chosen unless it is named, in milliseconds; a day where it is absent. */
  readonly coolDownMs?: number
  /** Names and patterns (`io.example.*`) with the publisher that they belong to. */
  readonly namespaces?: Readonly<Record<string, string>>
}

const ANY_PORT = '/ip4/0.0.0.0/tcp/0'
const FREE_PORT = 0

/** @internal A configuration in which nothing is left open. Throws `address-invalid`, `config-invalid`. */
export const nodeConfig = async (asked: P2PConfig, home: string, environment: Environment): Promise<Config> => {
  const { platform } = environment
  // Where a socket lies must not depend on who asks.
  const { XDG_RUNTIME_DIR } = environment.env
  const places = { ...(asked.userConfig === true ? environment.env : { XDG_RUNTIME_DIR }), GGEN_HOME: home }
  const { configPath, networkPath } = findPlaces(places, platform, environment.dotGgen)
  const file = asked.userConfig === true ? await environment.readConfigFile(configPath) : undefined
  // Whoever opens a home that is in a private network must not carry what is in it out of there.
  const joined = await readJoined(environment, { networkPath })
  const files = { dotGgen: environment.dotGgen, ...(file !== undefined && { config: file }), ...(joined !== undefined && { network: joined }) }
  const { network, mdns, light, gossip } = asked
  const flags = { ...(network !== undefined && { network }), ...(mdns !== undefined && { mdns }), ...(light !== undefined && { light }) }
  const base = toConfig({ flags, env: { ...places, ...variablesOf(asked.registry) }, files, platform })
  const own = asked.userConfig === true ? {} : { listen: [parseMultiaddr(ANY_PORT)], listenIsDefault: false, bulkPort: FREE_PORT, bulkPortIsDefault: true }
  const registry = Object.freeze({ ...base.registry, ...(asked.registry?.privateNames !== undefined && { privateNames: asked.registry.privateNames }) })
  const said = { ...addressesOf(asked), ...(gossip !== undefined && { gossip }), trust: trustOf(asked.trust, base), registry }
  return Object.freeze({ ...base, ...own, ...said })
}

/** @internal The home folder that is asked for, absolute; `undefined`: a temporary one. */
export const homeOf = ({ home, userConfig = false }: P2PConfig, { env, platform, dotGgen }: Environment): string | undefined => {
  if (home !== undefined) return resolve(platform.workingFolder, home)
  return userConfig ? findPlaces(env, platform, dotGgen).home : undefined
}

/** @internal Where the keys of a node lie, absolute. */
export const keysFolderOf = ({ identityPath }: P2PConfig, home: string): string => (identityPath === undefined ? join(home, 'keys') : resolve(identityPath))

/** Read like those of the environment, so that what is wrong is refused in the same way. */
const variablesOf = ({ centralUrl, mode, prefer, token }: RegistryChoice = {}): Variables => {
  const said = { GGEN_REGISTRY_URL: centralUrl, GGEN_REGISTRY_MODE: mode, GGEN_REGISTRY_PREFER: prefer, GGEN_REGISTRY_TOKEN: token }
  return Object.fromEntries(Object.entries(said).filter(([, value]) => value !== undefined))
}

const addressesOf = ({ listenAddresses, bootstrapNodes }: P2PConfig): Partial<Pick<Config, 'listen' | 'listenIsDefault' | 'bootstrap'>> => ({
  ...(listenAddresses !== undefined && { listen: listenAddresses.map(parseMultiaddr), listenIsDefault: false }),
  ...(bootstrapNodes !== undefined && { bootstrap: distinct(bootstrapNodes.map(parseMultiaddr)) }),
})

const trustOf = ({ namespaces, ...said }: P2PTrust = {}, { trust }: Config): Config['trust'] => ({
  ...trust,
  ...said,
  ...(namespaces !== undefined && { namespaces: new Map(Object.entries(namespaces).map(readOwner)) }),
})

const readOwner = ([name, identity]: readonly [string, string]): [string, IdentityId] => [name, parseIdentityId(identity)]

const distinct = (addresses: readonly Multiaddr[]): readonly Multiaddr[] => [...new Set(addresses)]
