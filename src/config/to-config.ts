import { type BandwidthLimits, LIMITS, type Multiaddr, parseMultiaddr } from '#core'
import type { Files, Platform, Variables } from './environment.ts'
import { findPlaces, type Places } from './places.ts'
import { type Flags, readFlags } from './read-flags.ts'
import { readTable } from './read-table.ts'
import { readVariables } from './read-variables.ts'
import { DEFAULT_REGISTRY, type RegistrySettings } from './registry-settings.ts'
import type { SeedSettings, SettingsReading, TrustSettings } from './settings.ts'

/** What the operator asked for. Frozen, and complete: every default is filled in. */
export interface Config extends Places {
  /** `/ip4|ip6/…/tcp/…`, at least one. */
  readonly listen: readonly Multiaddr[]
  /** Nobody chose `listen`, so another port may be taken when the default one is in use. */
  readonly listenIsDefault: boolean
  readonly bootstrap: readonly Multiaddr[]
  /** Whether nodes on the local network are found by multicast. */
  readonly mdns: boolean
  readonly network: string
  /** Whether ops are told and relayed as they come; without, they are only compared from time to time. */
  readonly gossip: boolean
  /** Milliseconds between two comparisons of the catalogue with that of some peer. */
  readonly syncEveryMs: number
  /** Keeps no catalogue of its own and asks peers instead. */
  readonly light: boolean
  /** TCP port of the bulk channel; `undefined`: none is opened. */
  readonly bulkPort: number | undefined
  /** Nobody chose `bulkPort`, so another port may be taken when it is in use. */
  readonly bulkPortIsDefault: boolean
  /** TCP port on this machine alone over which programs may ask the node; `undefined`: none. */
  readonly controlPort: number | undefined
  /** Until others are set by command. */
  readonly limits: BandwidthLimits
  /** Bytes that archives kept for others may take; `undefined`: as many as there is room for. */
  readonly quotaBytes: number | undefined
  /** Bytes that the records of the catalogue may take, without what is dear to this node; `undefined`: as many as there are. */
  readonly catalogueQuotaBytes: number | undefined
  readonly seed: SeedSettings
  readonly trust: TrustSettings
  readonly registry: RegistrySettings
  /** What was configured and has no effect, as sentences for people. */
  readonly remarks: readonly string[]
}

/** Everything a configuration is made of. */
export interface ConfigSources {
  readonly flags: Flags
  readonly env: Variables
  readonly files: Files
  readonly platform: Platform
}

const DEFAULT_LISTEN = parseMultiaddr('/ip4/0.0.0.0/tcp/4001')
const DEFAULT_NETWORK = 'main'
const DEFAULT_BULK_PORT = 4002
const USUAL = 0

/**
 * The one configuration that the sources add up to: flags win over the environment, that over `config.toml`, that over defaults.
 * Pure. Throws `config-invalid` or `address-invalid` that name where the wrong value came from.
 */
export const toConfig = (sources: ConfigSources): Config => {
  const { flags, env, files, platform } = sources
  const file: SettingsReading = files.config === undefined ? { settings: {}, remarks: [] } : readTable(files.config)
  const readings = [file, readVariables(env), readFlags(flags)]
  const settings = Object.assign({}, ...readings.map((reading) => reading.settings)) as SettingsReading['settings']
  const { bulkPort = USUAL, quota = LIMITS.blobQuotaBytes, catalogueQuota = LIMITS.catalogueQuotaBytes, seed = { follow: [], all: false } } = settings
  return Object.freeze({
    ...findPlaces(env, platform, files.dotGgen),
    listen: Object.freeze(settings.listen ?? [DEFAULT_LISTEN]),
    listenIsDefault: settings.listen === undefined,
    bootstrap: Object.freeze(settings.bootstrap ?? []),
    mdns: settings.mdns ?? true,
    network: settings.network ?? DEFAULT_NETWORK,
    gossip: settings.gossip ?? true,
    syncEveryMs: settings.syncEveryMs ?? LIMITS.syncEveryMs,
    light: settings.light ?? false,
    bulkPort: bulkPort === 'off' ? undefined : bulkPort || DEFAULT_BULK_PORT,
    bulkPortIsDefault: bulkPort === USUAL,
    controlPort: settings.controlPort === 'off' ? undefined : settings.controlPort,
    limits: Object.freeze(settings.limits ?? {}),
    quotaBytes: quota === 'none' ? undefined : quota,
    catalogueQuotaBytes: catalogueQuota === 'none' ? undefined : catalogueQuota,
    trust: Object.freeze({
      firstUse: settings.firstUse ?? 'ask',
      domains: settings.domains ?? true,
      coolDownMs: settings.coolDownMs ?? LIMITS.coolDownMs,
      namespaces: settings.namespaces ?? new Map(),
    }),
    registry: Object.freeze(readings.reduce((registry, reading) => ({ ...registry, ...reading.settings.registry }), DEFAULT_REGISTRY)),
    seed: Object.freeze({ ...seed, follow: Object.freeze(seed.follow) }),
    remarks: Object.freeze(readings.flatMap((reading) => reading.remarks)),
  })
}
