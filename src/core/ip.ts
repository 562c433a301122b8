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
