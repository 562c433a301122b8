import { dottedIPv4, groupsOfIPv6, isIPv4, isIPv6, plainHost, prefixOfHost } from '#core'

/** How far an address reaches; `metadata` are the well-known addresses of cloud metadata services, `none` can never be a peer. */
export type Scope = 'loopback' | 'link-local' | 'metadata' | 'private' | 'public' | 'name' | 'none'

const METADATA = new Set(['169.254.169.254', '169.254.170.2', '169.254.170.23', '100.100.100.200', '192.0.0.192'])
const METADATA_V6 = new Set(['fd00:ec2:0:0:0:0:0:254', 'fd20:ce:0:0:0:0:0:254'])

/** First address and prefix length; the first row that contains an address decides. */
const IPV4_SCOPES: readonly (readonly [base: string, bits: number, scope: Scope])[] = [
  ['0.0.0.0', 8, 'none'],
  ['127.0.0.0', 8, 'loopback'],
  ['169.254.0.0', 16, 'link-local'],
  ['10.0.0.0', 8, 'private'],
  ['172.16.0.0', 12, 'private'],
  ['192.168.0.0', 16, 'private'],
  ['100.64.0.0', 10, 'private'],
  ['198.18.0.0', 15, 'private'],
  ['192.0.0.0', 24, 'none'],
  ['192.0.2.0', 24, 'none'],
  ['198.51.100.0', 24, 'none'],
  ['203.0.113.0', 24, 'none'],
  ['224.0.0.0', 3, 'none'],
]

const numberOf = (ip: string): number => ip.split('.').reduce((sum, octet) => sum * 256 + Number(octet), 0)

const scopeOfIPv4 = (ip: string): Scope => {
  if (METADATA.has(ip)) return 'metadata'
  const value = numberOf(ip)
  const row = IPV4_SCOPES.find(([base, bits]) => {
    const size = 2 ** (32 - bits)
    return Math.floor(value / size) === Math.floor(numberOf(base) / size)
  })
  return row?.[2] ?? 'public'
}

/** The IPv4 address that an IPv6 one stands for: mapped, compatible, NAT64 or 6to4. Otherwise these would be a way around the rules. */
const embeddedIPv4 = (groups: readonly number[]): string | undefined => {
  const [a = 0, b = 0, c = 0, , , f = 0, g = 0, h = 0] = groups
  const middleIsZero = groups.slice(2, 6).every((group) => group === 0)
  if (a === 0x2002) return dottedIPv4(b, c)
  if (a === 0x64 && b === 0xff9b && middleIsZero) return dottedIPv4(g, h)
  if (groups.slice(0, 5).every((group) => group === 0) && (f === 0xffff || (f === 0 && g !== 0))) return dottedIPv4(g, h)
  return undefined
}

const scopeOfIPv6 = (text: string): Scope => {
  const groups = groupsOfIPv6(text)
  const [first = 0, second = 0] = groups
  if (METADATA_V6.has(groups.map((group) => group.toString(16)).join(':'))) return 'metadata'
  if (groups.slice(0, 7).every((group) => group === 0)) return groups[7] === 1 ? 'loopback' : 'none'
  const ipv4 = embeddedIPv4(groups)
  if (ipv4 !== undefined) return scopeOfIPv4(ipv4)
  if ((first & 0xffc0) === 0xfe80) return 'link-local'
  if ((first & 0xfe00) === 0xfc00) return 'private'
  if (first === 0x2001 && second === 0xdb8) return 'none'
  return (first & 0xe000) === 0x2000 ? 'public' : 'none'
}

/** The scope of an IP address in text form; anything that is not one is `none`. */
export const scopeOfHost = (host: string): Scope => {
  if (isIPv4(host)) return scopeOfIPv4(host)
  return isIPv6(host) ? scopeOfIPv6(host) : 'none'
}

/** The scope of a multiaddress. Host names are `name`: what they resolve to is not known before the dial. */
export const scopeOfAddress = (address: string): Scope => {
  const [, first = '', value = '', inner = '', innerValue = ''] = address.split('/')
  if (first === 'ip4' || first === 'ip6') return scopeOfHost(value)
  if (first === 'ip6zone' && inner === 'ip6') return scopeOfHost(innerValue)
  return first === 'dns' || first === 'dns4' || first === 'dns6' || first === 'dnsaddr' ? 'name' : 'none'
}

/** The IP address in a multiaddress, in its one spelling; `undefined` for host names and everything else. */
export const hostOfAddress = (address: string): string | undefined => {
  const [, first = '', value = '', , innerValue = ''] = address.split('/')
  if (first === 'ip6zone') return plainHost(innerValue)
  return first === 'ip4' || first === 'ip6' ? plainHost(value) : undefined
}

/** The /16 of an IPv4 host or the /32 of an IPv6 host: roughly what one provider has. */
export const networkOfHost = (host: string): string =>
  isIPv4(host) ? `${host.split('.').slice(0, 2).join('.')}.0.0/16` : `${groupsOfIPv6(host).slice(0, 2).map((group) => group.toString(16)).join(':')}::/32`

/** Whether a host is one of the two of loopback that local programs really use: the rest of 127.0.0.0/8 stays available as "foreign" hosts for tests. */
export const isThisMachine = (host: string): boolean => host === '127.0.0.1' || host === '0:0:0:0:0:0:0:1'

/**
 * Whether nobody on the internet can come from this host: a LAN, an office NAT or a container bridge shows many honest nodes behind one such address, and
 * who comes from this machine can use it anyway.
 */
export const isNearby = (host: string): boolean => {
  const scope = scopeOfHost(host)
  return isThisMachine(host) || scope === 'private' || scope === 'link-local'
}

/** What one attacker gets cheaply counts as one: a peer's /24 or /48, or the peer itself where it comes from nearby. */
export const groupOf = (host: string, peer: string): string => (isNearby(host) ? peer : prefixOfHost(host))

/** An address without the peer that it names at its end. */
export const withoutPeer = (address: string): string => address.replace(/\/p2p\/[^/]+$/, '')
