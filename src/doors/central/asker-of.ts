import { groupsOfIPv6, isIPv4, plainHost } from '#core'

/** Who counts as one asker: an address of IPv4, or a /64 of IPv6, whose addresses every single machine has for nothing. */
export const askerOf = (address: string): string => {
  const host = plainHost(address)
  if (host === undefined || isIPv4(host)) return host ?? address
  return `${groupsOfIPv6(host).slice(0, 4).map((group) => group.toString(16)).join(':')}::/64`
}
