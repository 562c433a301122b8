import { GgenError } from '#core'
import { type Credentials, credentialsAt } from './credentials.ts'
import { type NpmName, scopeOf } from './npm-name.ts'
import { type Npmrc, npmrcOfVariables, type NpmVariables, parseNpmrc } from './npmrc.ts'
import { proxyAt } from './proxy-for.ts'
import type { Secret } from './secret.ts'
import { isOneOf, parseUpstreamAddress, type UpstreamAddress } from './upstream-address.ts'

/** Everything that npm's configuration is made of. */
export interface NpmSettingsSources {
  /** The environment: `npm_config_…` settings, and what `${NAME}` in files stands for. */
  readonly variables: NpmVariables
  /** Texts of the `.npmrc` of the project, the user and the whole machine; the first that says something counts. */
  readonly project?: string
  readonly user?: string
  readonly global?: string
  /** Where npm looks when nobody says anything. */
  readonly defaultRegistry: string
  /** Addresses of our own door: what they replaced is the upstream, never they. */
  readonly ownDoors: readonly string[]
}

/** Where packages come from and how to speak there, as the user's npm is configured. Secrets in it do not print. */
export interface NpmSettings {
  /** Where a package comes from. */
  registryOf(name: NpmName): UpstreamAddress
  /** All of them, each once, the one for names without a scope first. */
  registries(): readonly UpstreamAddress[]
  /** The scopes that have a registry of their own, each with its `@`. */
  readonly scopes: ReadonlyMap<string, UpstreamAddress>
  /**
   * What to show at an address: what is configured for it or the folders above it, or else, for what a registry sends one to on the same host, what is
   * configured for that registry. Never for another host, and over http only where a registry is configured so.
   */
  credentialsFor(address: string): Credentials | undefined
  /** Through which proxy to go there; it may hold a password. */
  proxyFor(address: string): Secret | undefined
  /** Whether certificates are checked. */
  readonly strictSsl: boolean
  /** Certificates that are trusted instead of the usual ones, PEM; none: the usual ones. */
  readonly ca: readonly string[]
  /** A file with such certificates. */
  readonly cafile: string | undefined
}

type Layer = readonly [name: string, said: Npmrc]

const NOTHING = ['', 'null', 'undefined']

const layersOf = ({ variables, project, user, global }: NpmSettingsSources): readonly Layer[] => [
  ['environment', npmrcOfVariables(variables)],
  ...[['.npmrc of the project', project] as const, ['.npmrc of the user', user] as const, ['global npmrc', global] as const]
    .flatMap(([name, text]): Layer[] => (text === undefined ? [] : [[name, parseNpmrc(text, variables)]])),
]

/** What the strongest source says of each key. */
const merged = (layers: readonly Layer[]): ReadonlyMap<string, readonly string[]> =>
  new Map(layers.toReversed().flatMap(([, { values }]) => [...values].filter(([, said]) => !NOTHING.includes(said.at(-1) ?? ''))))

/** The registry that a key names in the strongest source that names one besides our own door. */
const registryAt = (key: string, layers: readonly Layer[], ownDoors: readonly string[]): UpstreamAddress | undefined => {
  for (const [name, { values }] of layers) {
    const text = values.get(key)?.at(-1) ?? ''
    if (!NOTHING.includes(text) && !isOneOf(text, ownDoors)) return parseUpstreamAddress(text, `${name}: ${key}`)
  }
  return undefined
}

const scopesOf = (layers: readonly Layer[], ownDoors: readonly string[]): ReadonlyMap<string, UpstreamAddress> => {
  const keys = new Set(layers.flatMap(([, { values }]) => [...values.keys()]).filter((key) => /^@[^/:]+:registry$/.test(key)))
  return new Map([...keys].flatMap((key) => {
    const address = registryAt(key, layers, ownDoors)
    return address === undefined ? [] : [[key.slice(0, -':registry'.length), address] as const]
  }))
}

/**
 * Puts the sources together: the environment wins over the project, that over the user, that over the machine. Throws `config-invalid` where a registry is no
 * address, naming where it stands, and where there is no registry but our own.
 */
export const readNpmSettings = (sources: NpmSettingsSources): NpmSettings => {
  const { defaultRegistry, ownDoors, variables } = sources
  const layers = layersOf(sources)
  const values = merged(layers)
  const scopes = scopesOf(layers, ownDoors)
  const last = (key: string): string | undefined => values.get(key)?.at(-1)
  const usual = registryAt('registry', layers, ownDoors) ?? parseUpstreamAddress(defaultRegistry, 'default registry')
  if (isOneOf(usual, ownDoors)) {
    throw new GgenError('config-invalid', 'no registry is configured but the door of this node itself', { hint: 'name the registry it shall ask in .npmrc' })
  }
  const all = [...new Set([usual, ...scopes.values()])]
  return {
    registryOf: (name) => scopes.get(scopeOf(name) ?? '') ?? usual,
    registries: () => all,
    scopes,
    credentialsFor: (address) => credentialsAt(address, all, last),
    proxyFor: (address) => proxyAt(address, last, variables),
    strictSsl: last('strict-ssl') !== 'false',
    ca: values.get('ca') ?? [],
    cafile: last('cafile'),
  }
}
