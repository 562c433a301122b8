import { BlockList, isIPv4, isIPv6 } from 'node:net'

/** Addresses that the special-purpose registries of IANA do not give to hosts on the public network; cloud metadata services are among them. */
const SPECIAL: readonly (readonly [base: string, bits: number])[] = [
  ['0.0.0.0', 8], ['10.0.0.0', 8], ['100.64.0.0', 10], ['127.0.0.0', 8], ['169.254.0.0', 16], ['172.16.0.0', 12], ['192.0.0.0', 24], ['192.0.2.0', 24],
  ['192.88.99.0', 24], ['192.168.0.0', 16], ['198.18.0.0', 15], ['198.51.100.0', 24], ['203.0.113.0', 24], ['224.0.0.0', 3],
]

/** Of the one block of IPv6 that is public, 2000::/3: tunnels, which hide an IPv4 address, and documentation. */
const SPECIAL_V6: readonly (readonly [base: string, bits: number])[] = [['2001::', 23], ['2001:db8::', 32], ['2002::', 16], ['3fff::', 20]]

const listOf = (family: 'ipv4' | 'ipv6', rows: readonly (readonly [string, number])[]): BlockList => {
  const list = new BlockList()
  for (const [base, bits] of rows) list.addSubnet(base, bits, family)
  return list
}

const special = listOf('ipv4', SPECIAL)
const specialV6 = listOf('ipv6', SPECIAL_V6)
const global = listOf('ipv6', [['2000::', 3]])

/** Whether an IP address is one of a host on the public network: never this machine, its neighbours or what hides one of them. */
export const isPublicAddress = (address: string): boolean => {
  if (isIPv4(address)) return !special.check(address, 'ipv4')
  return isIPv6(address) && !address.includes('%') && global.check(address, 'ipv6') && !specialV6.check(address, 'ipv6')
}
