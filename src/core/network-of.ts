import { groupsOfIPv6, isIPv4, plainHost } from './ip.ts'
import type { Multiaddr } from './multiaddr.ts'

const HOST = /^(?:\/ip6zone\/[^/]+)?\/ip[46]\/([^/]+)/

/**
 * The network that an address lies in: the /16 of IPv4, the /32 of IPv6, what one owner typically has as a whole. `undefined` for host names, and for a
 * relay, behind which anybody may be.
 */
export const networkOf = (address: Multiaddr): string | undefined => {
  const host = address.includes('/p2p-circuit') ? undefined : plainHost(HOST.exec(address)?.[1] ?? '')
  if (host === undefined) return undefined
  if (isIPv4(host)) return `${host.split('.').slice(0, 2).join('.')}.0.0/16`
  return `${groupsOfIPv6(host).slice(0, 2).map((group) => group.toString(16)).join(':')}::/32`
}
