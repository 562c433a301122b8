import {
  type BandwidthLimits, GgenError, type IdentityId, isGgenError, isOpId, LIMITS, type Multiaddr, parseDuration, parseMultiaddr, parseRate, parseSize,
} from '#core'
import type { RegistrySettings } from './registry-settings.ts'

/** What one source (flags, environment, file) asks for; absent means that it says nothing. */
export interface Settings {
  readonly listen?: readonly Multiaddr[]
  readonly bootstrap?: readonly Multiaddr[]
  readonly mdns?: boolean
  readonly network?: string
  readonly gossip?: boolean
  readonly syncEveryMs?: number
  readonly light?: boolean
  /** 0: the usual one. */
  readonly bulkPort?: number | 'off'
  readonly controlPort?: number | 'off'
  readonly limits?: BandwidthLimits
  readonly quota?: number | 'none'
  readonly catalogueQuota?: number | 'none'
  readonly seed?: SeedSettings
  readonly firstUse?: TrustSettings['firstUse']
  readonly domains?: boolean
  readonly coolDownMs?: number
  readonly namespaces?: TrustSettings['namespaces']
  readonly registry?: Partial<RegistrySettings>
}

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

/** Which packages a node keeps for others. */
export interface SeedSettings {
  /** Names, prefixes and publishers, as the operator wrote them. */
  readonly follow: readonly string[]
  readonly all: boolean
}

/** Settings and what has no effect in them, as sentences for people. */
export interface SettingsReading {
  readonly settings: Settings
  readonly remarks: readonly string[]
}

const LISTEN_ADDRESSES = 16
const BOOTSTRAP_ADDRESSES = 64
const LAST_PORT = 65_535
const NETWORK = /^[a-z0-9-]{1,32}$/
const TCP_LISTENER = /^\/ip[46]\/[^/]+\/tcp\/\d+$/

/** A complaint about one value that says where the value stands. */
export const invalid = (from: string, complaint: string): GgenError => new GgenError('config-invalid', `${from}: ${complaint}`)

/** Parses one address; throws `address-invalid` that names `from`. */
export const readAddress = (text: string, from: string): Multiaddr => {
  try {
    return parseMultiaddr(text.trim())
  } catch (error) {
    if (!isGgenError(error, 'address-invalid')) throw error
    throw new GgenError('address-invalid', `${from}: ${error.message}`, { cause: error })
  }
}

/** Checks a network name: 1 to 32 of `a-z 0-9 -`. Throws `config-invalid`. */
export const readNetwork = (text: string, from: string): string => {
  if (!NETWORK.test(text)) throw invalid(from, `a network name has 1 to 32 of a-z, 0-9 and hyphen, not ${JSON.stringify(text.slice(0, 64))}`)
  return text
}

/** Each bootstrap address once. Throws `config-invalid` above 64. */
export const readBootstrap = (addresses: readonly Multiaddr[], from: string): readonly Multiaddr[] => {
  const unique = [...new Set(addresses)]
  if (unique.length > BOOTSTRAP_ADDRESSES) throw invalid(from, `at most ${BOOTSTRAP_ADDRESSES} addresses`)
  return unique
}

/**
 * Each listen address once. Addresses of transports that this program does not speak become remarks as long as one usable
 * address is left. Throws `address-invalid` when none is, `config-invalid` for an empty list or above 16.
 */
export const readListen = (texts: readonly string[], from: string): { listen: readonly Multiaddr[]; remarks: readonly string[] } => {
  const addresses = [...new Set(texts.map((text) => readAddress(text, from)))]
  if (addresses.length === 0) throw invalid(from, 'give at least one address, or leave it out')
  if (addresses.length > LISTEN_ADDRESSES) throw invalid(from, `at most ${LISTEN_ADDRESSES} addresses`)
  const listen = addresses.filter((address) => TCP_LISTENER.test(address))
  const unusable = addresses.filter((address) => !TCP_LISTENER.test(address))
  if (listen.length === 0) {
    throw new GgenError('address-invalid', `${from}: cannot listen on ${unusable.join(', ')}`, {
      hint: 'listen addresses look like /ip4/0.0.0.0/tcp/4001 or /ip6/::/tcp/4001',
    })
  }
  return { listen, remarks: unusable.map((address) => `${from}: ${address} has no effect, only /ip4|ip6/…/tcp/… can be listened on`) }
}

/** Reads the port of the bulk channel; 0 is the usual one, `off` none. Throws `config-invalid`. */
export const readBulkPort = (text: string, from: string): number | 'off' => {
  const port = readPort(text)
  if (port !== undefined) return port
  throw invalid(from, `give a port from 1 to ${LAST_PORT}, 0 for the usual one, or off; not ${JSON.stringify(text.slice(0, 40))}`)
}

/** Reads the port on which programs of this machine may ask; `off`: none. Throws `config-invalid`. */
export const readControlPort = (text: string, from: string): number | 'off' => {
  const port = readPort(text)
  if (port === 'off' || (port !== undefined && port > 0)) return port
  throw invalid(from, `give a port from 1 to ${LAST_PORT}, or off; not ${JSON.stringify(text.slice(0, 40))}`)
}

const readPort = (text: string): number | 'off' | undefined => {
  if (text === 'off' || text === 'false' || text === 'no') return 'off'
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Infinity
  return port <= LAST_PORT ? port : undefined
}

/** What `parse` makes of the text; its complaint says where the text stands. */
export const located = <T>(parse: () => T, from: string): T => {
  try {
    return parse()
  } catch (error) {
    if (!isGgenError(error, 'config-invalid')) throw error
    throw invalid(from, error.message)
  }
}

/** Reads bytes per second as `parseRate` does; `undefined` for no limit. Throws `config-invalid`. */
export const readRate = (text: string | undefined, from: string): number | undefined =>
  text === undefined ? undefined : located(() => parseRate(text), from)

/** Reads bytes as `parseSize` does. Throws `config-invalid`. */
export const readQuota = (text: string, from: string): number | 'none' => located(() => parseSize(text) ?? 'none', from)

/** Reads how often catalogues are compared, milliseconds, as `parseDuration` does. Throws `config-invalid`. */
export const readSyncEvery = (text: string, from: string): number => {
  const ms = located(() => parseDuration(text), from)
  if (ms >= LIMITS.syncShortestMs && ms <= LIMITS.syncLongestMs) return ms
  throw invalid(from, `must be between ${LIMITS.syncShortestMs / 1000} s and ${LIMITS.syncLongestMs / 3_600_000} h, not ${JSON.stringify(text.slice(0, 40))}`)
}

/** Each pattern once; what it means is read by whoever follows. Throws `config-invalid` above the limit. */
export const readFollow = (patterns: readonly string[], from: string): readonly string[] => {
  const unique = [...new Set(patterns.map((pattern) => pattern.trim()))]
  if (unique.includes('')) throw invalid(from, 'an entry is empty')
  if (unique.length > LIMITS.followPatterns) throw invalid(from, `at most ${LIMITS.followPatterns} entries`)
  return unique
}

/** Reads what to do with a name for whose one publisher nothing speaks. Throws `config-invalid`. */
export const readFirstUse = (text: string, from: string): TrustSettings['firstUse'] => {
  if (text === 'ask' || text === 'accept') return text
  throw invalid(from, `must be ask or accept, not ${JSON.stringify(text.slice(0, 40))}`)
}

/** Reads how long a new version is left alone, milliseconds, as `parseDuration` does, at most as long as is remembered. Throws `config-invalid`. */
export const readCoolDown = (text: string, from: string): number => {
  const ms = located(() => parseDuration(text), from)
  if (ms <= LIMITS.stepsMs) return ms
  throw invalid(from, `must be at most ${LIMITS.stepsMs / 86_400_000} d, not ${JSON.stringify(text.slice(0, 40))}`)
}

const NAMESPACES = 256

/** Reads which names belong to whom. What a pattern means is read by whoever judges names. Throws `config-invalid`. */
export const readNamespaces = (table: Readonly<Record<string, unknown>>, from: string): ReadonlyMap<string, IdentityId> => {
  const entries = Object.entries(table)
  if (entries.length > NAMESPACES) throw invalid(from, `at most ${NAMESPACES} entries`)
  return new Map(entries.map(([pattern, identity]) => {
    if (typeof identity === 'string' && isOpId(identity)) return [pattern, identity as IdentityId]
    throw invalid(from, `${JSON.stringify(pattern.slice(0, 128))} must name an identity, bafyrei and so on`)
  }))
}
