import { isGgenError, type Multiaddr, parsePeerId, peerOfMultiaddr } from '#core'
import type { ConfigFile } from './environment.ts'
import { invalid, readAddress, readBootstrap, readListen, readNetwork, type SettingsReading } from './settings.ts'

type Table = Readonly<Record<string, unknown>>

const isTable = (value: unknown): value is Table =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date)

const valueOf = (table: Table, key: string): unknown => (Object.hasOwn(table, key) ? table[key] : undefined)

interface Seeds {
  readonly nodes: readonly Multiaddr[] | undefined
  readonly mdns: boolean | undefined
  readonly remarks: readonly string[]
}

/** One table of the file; remembers which keys mean something. */
class Section {
  readonly #file: string
  readonly #name: string
  readonly #table: Table
  readonly #known = new Set<string>()

  constructor(file: string, name: string, table: Table) {
    this.#file = file
    this.#name = name
    this.#table = table
  }

  where(key: string): string {
    return `${this.#file}: ${this.#name}.${key}`
  }

  raw(key: string): unknown {
    this.#known.add(key)
    return valueOf(this.#table, key)
  }

  boolean(key: string): boolean | undefined {
    const value = this.raw(key)
    if (value === undefined || typeof value === 'boolean') return value
    throw invalid(this.where(key), 'must be true or false')
  }

  text(key: string): string | undefined {
    const value = this.raw(key)
    if (value === undefined || typeof value === 'string') return value
    throw invalid(this.where(key), 'must be a text')
  }

  list(key: string): readonly unknown[] | undefined {
    const value = this.raw(key)
    if (value === undefined || Array.isArray(value)) return value
    throw invalid(this.where(key), 'must be a list')
  }

  inner(key: string, table: Table): Section {
    return new Section(this.#file, `${this.#name}.${key}`, table)
  }

  remarks(): string[] {
    return Object.keys(this.#table).filter((key) => !this.#known.has(key)).map((key) => `${this.where(key.slice(0, 64))} has no effect`)
  }
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
  const from = p2p.where('listen_addresses')
  const texts = p2p.list('listen_addresses')?.map((entry) => {
    if (typeof entry !== 'string') throw invalid(from, 'must be a list of texts')
    return entry
  })
  return texts === undefined ? undefined : readListen(texts, from)
}

const readMdns = (p2p: Section, fromBootstrap: boolean | undefined): boolean | undefined => {
  const own = p2p.boolean('mdns')
  if (own !== undefined && fromBootstrap !== undefined && own !== fromBootstrap) {
    throw invalid(p2p.where('mdns'), 'says the opposite of p2p.bootstrap.mdns_enabled; keep one of them')
  }
  return own ?? fromBootstrap
}

/**
 * Settings out of the `[p2p]` table of `config.toml`; other tables belong to other programs. Keys of `[p2p]` that mean
 * nothing become remarks. Throws `address-invalid` or `config-invalid` that name file and key.
 */
export const readTable = (file: ConfigFile): SettingsReading => {
  const table = valueOf(file.table, 'p2p')
  if (table === undefined) return { settings: {}, remarks: [] }
  if (!isTable(table)) throw invalid(`${file.path}: p2p`, 'must be a table')
  const p2p = new Section(file.path, 'p2p', table)
  if (p2p.boolean('enabled') === false) throw invalid(p2p.where('enabled'), 'is false, so there is no node to start')

  const listening = readListenKey(p2p)
  const seeds = readSeeds(p2p)
  const mdns = readMdns(p2p, seeds.mdns)
  const network = p2p.text('network')
  const light = p2p.boolean('light')
  return {
    settings: {
      ...(listening !== undefined && { listen: listening.listen }),
      ...(seeds.nodes !== undefined && { bootstrap: seeds.nodes }),
      ...(mdns !== undefined && { mdns }),
      ...(network !== undefined && { network: readNetwork(network, p2p.where('network')) }),
      ...(light !== undefined && { light }),
    },
    remarks: [...(listening?.remarks ?? []), ...p2p.remarks(), ...seeds.remarks],
  }
}
