import { isGgenError, type Multiaddr, parsePeerId, peerOfMultiaddr } from '#core'
import type { ConfigFile } from './environment.ts'
import {
  readCacheTtl, readCentralUrl, readMode, readPrefer, readPrivateNames, readTimeout, readToken, readWhole, type RegistrySettings,
} from './registry-settings.ts'
import { isTable, Section, valueOf } from './section.ts'
import {
  invalid, readAddress, readBootstrap, readBulkPort, readControlPort, readCoolDown, readFirstUse, readFollow, readListen, readNamespaces, readNetwork,
  readQuota, readRate, readSyncEvery, type Settings, type SettingsReading,
} from './settings.ts'

interface Seeds {
  readonly nodes: readonly Multiaddr[] | undefined
  readonly mdns: boolean | undefined
  readonly remarks: readonly string[]
}

const readNode = (node: unknown, from: string): Multiaddr => {
  if (typeof node === 'string') return readAddress(node, from)
  if (!isTable(node)) throw invalid(from, 'each entry is an address, or has peer_id and address')
  const address = valueOf(node, 'address')
  const peer = valueOf(node, 'peer_id')
  if (typeof address !== 'string') throw invalid(from, 'an entry has no address')
  const parsed = readAddress(address, from)
  if (peer === undefined) return parsed
  const named = peerOfMultiaddr(parsed)
  if (typeof peer !== 'string') throw invalid(from, 'peer_id must be a text')
  if (named !== undefined && named !== peer) throw invalid(from, `peer_id is ${peer.slice(0, 64)}, but the address names ${named}`)
  return named === undefined ? readAddress(`${parsed}/p2p/${readPeer(peer, from)}`, from) : parsed
}

const readNodes = (nodes: readonly unknown[] | undefined, from: string): readonly Multiaddr[] | undefined =>
  nodes === undefined ? undefined : readBootstrap(nodes.map((node) => readNode(node, from)), from)

const readPeer = (text: string, from: string): string => {
  try {
    return parsePeerId(text)
  } catch (error) {
    if (!isGgenError(error, 'address-invalid')) throw error
    throw invalid(from, error.message)
  }
}

/** Both spellings: `bootstrap = […]` or `[[p2p.bootstrap]]`, and the table `[p2p.bootstrap]` with `nodes`. */
const readSeeds = (p2p: Section): Seeds => {
  const value = p2p.raw('bootstrap')
  if (!isTable(value)) return { nodes: readNodes(p2p.list('bootstrap'), p2p.where('bootstrap')), mdns: undefined, remarks: [] }
  const section = p2p.inner('bootstrap', value)
  const enabled = section.boolean('enabled') ?? true
  const nodes = readNodes(section.list('nodes'), section.where('nodes'))
  const mdns = section.boolean('mdns_enabled')
  return { nodes: enabled ? nodes : [], mdns, remarks: section.remarks() }
}

const readListenKey = (p2p: Section): ReturnType<typeof readListen> | undefined => {
  const texts = p2p.texts('listen_addresses')
  return texts === undefined ? undefined : readListen(texts, p2p.where('listen_addresses'))
}

/** `false` is the natural spelling of `"off"` in TOML. */
const readBulkKey = (p2p: Section): Settings['bulkPort'] => {
  if (p2p.raw('bulk_port') === false) return 'off'
  const port = p2p.quantity('bulk_port')
  return port === undefined ? undefined : readBulkPort(port, p2p.where('bulk_port'))
}

const readMdns = (p2p: Section, fromBootstrap: boolean | undefined): boolean | undefined => {
  const own = p2p.boolean('mdns')
  if (own !== undefined && fromBootstrap !== undefined && own !== fromBootstrap) {
    throw invalid(p2p.where('mdns'), 'says the opposite of p2p.bootstrap.mdns_enabled; keep one of them')
  }
  return own ?? fromBootstrap
}

const sectionOf = (file: ConfigFile, name: string): Section | undefined => {
  const table = valueOf(file.table, name)
  if (table === undefined) return undefined
  if (!isTable(table)) throw invalid(`${file.path}: ${name}`, 'must be a table')
  return new Section(file.path, name, table)
}

const readP2p = (p2p: Section): SettingsReading => {
  if (p2p.boolean('enabled') === false) throw invalid(p2p.where('enabled'), 'is false, so there is no node to start')
  const listening = readListenKey(p2p)
  const bulkPort = readBulkKey(p2p)
  const seeds = readSeeds(p2p)
  const mdns = readMdns(p2p, seeds.mdns)
  const network = p2p.text('network')
  const gossip = p2p.boolean('gossip')
  const syncEvery = p2p.quantity('sync_every')
  const light = p2p.boolean('light')
  return {
    settings: {
      ...(listening !== undefined && { listen: listening.listen }),
      ...(bulkPort !== undefined && { bulkPort }),
      ...(seeds.nodes !== undefined && { bootstrap: seeds.nodes }),
      ...(mdns !== undefined && { mdns }),
      ...(network !== undefined && { network: readNetwork(network, p2p.where('network')) }),
      ...(gossip !== undefined && { gossip }),
      ...(syncEvery !== undefined && { syncEveryMs: readSyncEvery(syncEvery, p2p.where('sync_every')) }),
      ...(light !== undefined && { light }),
    },
    remarks: [...(listening?.remarks ?? []), ...p2p.remarks(), ...seeds.remarks],
  }
}

const readLimits = (limits: Section): SettingsReading => {
  const rates = { up: limits.quantity('up'), down: limits.quantity('down'), perPeer: limits.quantity('per_peer') }
  const up = readRate(rates.up, limits.where('up'))
  const down = readRate(rates.down, limits.where('down'))
  const perPeer = readRate(rates.perPeer, limits.where('per_peer'))
  const set = { ...(up !== undefined && { up }), ...(down !== undefined && { down }), ...(perPeer !== undefined && { perPeer }) }
  return { settings: { limits: set }, remarks: limits.remarks() }
}

const readStorage = (storage: Section): SettingsReading => {
  const quota = storage.quantity('quota')
  const catalogueQuota = storage.quantity('catalogue_quota')
  return {
    settings: {
      ...(quota !== undefined && { quota: readQuota(quota, storage.where('quota')) }),
      ...(catalogueQuota !== undefined && { catalogueQuota: readQuota(catalogueQuota, storage.where('catalogue_quota')) }),
    },
    remarks: storage.remarks(),
  }
}

const readSeed = (seed: Section): SettingsReading => {
  const follow = seed.texts('follow') ?? []
  const all = seed.boolean('all') ?? false
  return { settings: { seed: { follow: readFollow(follow, seed.where('follow')), all } }, remarks: seed.remarks() }
}

const readTrust = (trust: Section): SettingsReading => {
  const firstUse = trust.text('first_use')
  const coolDown = trust.quantity('cool_down')
  const domains = trust.boolean('domains')
  const namespaces = trust.raw('namespaces')
  if (namespaces !== undefined && !isTable(namespaces)) throw invalid(trust.where('namespaces'), 'must be a table')
  return {
    settings: {
      ...(firstUse !== undefined && { firstUse: readFirstUse(firstUse, trust.where('first_use')) }),
      ...(coolDown !== undefined && { coolDownMs: readCoolDown(coolDown, trust.where('cool_down')) }),
      ...(domains !== undefined && { domains }),
      ...(namespaces !== undefined && { namespaces: readNamespaces(namespaces, trust.where('namespaces')) }),
    },
    remarks: trust.remarks(),
  }
}

const readControl = (control: Section): SettingsReading => {
  const port = control.raw('port') === false ? 'off' : control.quantity('port')
  return { settings: { ...(port !== undefined && { controlPort: readControlPort(port, control.where('port')) }) }, remarks: control.remarks() }
}

const readRegistry = (section: Section): SettingsReading => {
  const given = <T>(value: string | undefined, key: string, read: (text: string, from: string) => T): T | undefined =>
    value === undefined ? undefined : read(value, section.where(key))
  const text = <T>(key: string, read: (text: string, from: string) => T): T | undefined => given(section.text(key), key, read)
  const quantity = <T>(key: string, read: (text: string, from: string) => T): T | undefined => given(section.quantity(key), key, read)
  const names = section.texts('private')
  const registry: { readonly [K in keyof RegistrySettings]: RegistrySettings[K] | undefined } = {
    mode: text('mode', readMode),
    prefer: text('prefer', readPrefer),
    centralUrl: text('central_url', readCentralUrl),
    centralIsPrivate: section.boolean('central_private'),
    token: text('token', readToken),
    privateNames: names === undefined ? undefined : readPrivateNames(names, section.where('private')),
    timeoutMs: quantity('timeout', readTimeout),
    retries: quantity('retries', (value, from) => readWhole(value, 10, from)),
    cachePackages: quantity('cache_packages', (value, from) => readWhole(value, 100_000, from)),
    cacheTtlMs: quantity('cache_ttl', readCacheTtl),
  }
  const set = Object.fromEntries(Object.entries(registry).filter(([, value]) => value !== undefined)) as Partial<RegistrySettings>
  return { settings: { registry: set }, remarks: section.remarks() }
}

const READERS: Readonly<Record<string, (section: Section) => SettingsReading>> = {
  p2p: readP2p, limits: readLimits, storage: readStorage, seed: readSeed, trust: readTrust, control: readControl, registry: readRegistry,
}

/**
 * Settings out of `config.toml`: its tables `[p2p]`, `[limits]`, `[storage]`, `[seed]`, `[trust]`, `[control]` and `[registry]`; others belong to other
 * programs. Keys in them that mean nothing become remarks. Throws `address-invalid` or `config-invalid` that name file and key.
 */
export const readTable = (file: ConfigFile): SettingsReading => {
  const readings = Object.entries(READERS).flatMap(([name, read]) => {
    const section = sectionOf(file, name)
    return section === undefined ? [] : [read(section)]
  })
  return {
    settings: Object.assign({}, ...readings.map(({ settings }) => settings)) as Settings,
    remarks: readings.flatMap(({ remarks }) => remarks),
  }
}
