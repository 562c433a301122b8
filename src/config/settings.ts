import { GgenError, isGgenError, type Multiaddr, parseMultiaddr } from '#core'

/** What one source (flags, environment, file) asks for; absent means that it says nothing. */
export interface Settings {
  readonly listen?: readonly Multiaddr[]
  readonly bootstrap?: readonly Multiaddr[]
  readonly mdns?: boolean
  readonly network?: string
  readonly light?: boolean
}

/** Settings and what has no effect in them, as sentences for people. */
export interface SettingsReading {
  readonly settings: Settings
  readonly remarks: readonly string[]
}

const LISTEN_ADDRESSES = 16
const BOOTSTRAP_ADDRESSES = 64
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
