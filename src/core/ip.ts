const OCTET = '(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)'
const IPV4 = new RegExp(`^${OCTET}(?:\\.${OCTET}){3}$`)
const GROUP = /^[0-9a-fA-F]{1,4}$/

/** Whether a text is a dotted IPv4 address without leading zeros. */
export const isIPv4 = (text: string): boolean => IPV4.test(text)

const groupCount = (text: string): number | undefined => {
  if (text === '') return 0
  const parts = text.split(':')
  const last = parts.at(-1) ?? ''
  const embedded = last.includes('.')
  if (embedded && !isIPv4(last)) return undefined
  const groups = embedded ? parts.slice(0, -1) : parts
  return groups.every((group) => GROUP.test(group)) ? groups.length + (embedded ? 2 : 0) : undefined
}

/** Whether a text is an IPv6 address (no zone). */
export const isIPv6 = (text: string): boolean => {
  if (text.length > 45) return false
  const halves = text.split('::')
  if (halves.length > 2) return false
  const counts = halves.map(groupCount)
  if (counts.some((count) => count === undefined)) return false
  const total = counts.reduce<number>((sum, count) => sum + (count ?? 0), 0)
  return halves.length === 2 ? total <= 7 && !halves[0]?.includes('.') : total === 8
}

/** The IPv4 address that two groups of an IPv6 one stand for. */
export const dottedIPv4 = (high: number, low: number): string => [high >> 8, high & 255, low >> 8, low & 255].join('.')

/** The eight groups of an IPv6 address. */
export const groupsOfIPv6 = (text: string): number[] => {
  const half = (part: string): number[] =>
    part === '' ? [] : part.split(':').flatMap((group) => {
      if (!group.includes('.')) return [Number.parseInt(group, 16)]
      const [a = 0, b = 0, c = 0, d = 0] = group.split('.').map(Number)
      return [a * 256 + b, c * 256 + d]
    })
  const [head = '', tail] = text.split('::')
  const front = half(head)
  const back = tail === undefined ? [] : half(tail)
  return [...front, ...Array.from({ length: 8 - front.length - back.length }, () => 0), ...back]
}

/** The one spelling of an IP address: IPv6 in full and without its zone, an IPv4-mapped one as IPv4; `undefined` for everything else. */
export const plainHost = (text: string): string | undefined => {
  const [host = ''] = text.split('%')
  if (isIPv4(host)) return host
  if (!isIPv6(host)) return undefined
  const groups = groupsOfIPv6(host)
  const isMapped = groups[5] === 0xffff && groups.slice(0, 5).every((group) => group === 0)
  return isMapped ? dottedIPv4(groups[6] ?? 0, groups[7] ?? 0) : groups.map((group) => group.toString(16)).join(':')
}

/** The /24 of an IPv4 host or the /48 of an IPv6 host: what one customer of a provider typically gets. */
export const prefixOfHost = (host: string): string =>
  isIPv4(host) ? `${host.split('.').slice(0, 3).join('.')}.0/24` : `${groupsOfIPv6(host).slice(0, 3).map((group) => group.toString(16)).join(':')}::/48`
