import { isIPv4, isIPv6 } from './ip.ts'
import type { Brand } from './brand.ts'
import { GgenError } from './errors.ts'
import { LIMITS } from './limits.ts'
import { isPeerId, parsePeerId, type PeerId } from './peer-id.ts'

/** A network address that can only be well formed: `/ip4/192.0.2.1/tcp/4001/p2p/12D3Koo…`. */
export type Multiaddr = Brand<string, 'Multiaddr'>

const HOST = /^(?=.{1,253}$)[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?)*\.?$/
const isPort = (text: string): boolean => /^(?:0|[1-9]\d{0,4})$/.test(text) && Number(text) <= 65_535

/** Which values each protocol takes; `undefined`: none. */
const PROTOCOLS: Readonly<Record<string, ((value: string) => boolean) | undefined>> = {
  ip4: isIPv4,
  ip6: isIPv6,
  dns: (value) => HOST.test(value),
  dns4: (value) => HOST.test(value),
  dns6: (value) => HOST.test(value),
  dnsaddr: (value) => HOST.test(value),
  tcp: isPort,
  udp: isPort,
  p2p: isPeerId,
  ws: undefined,
  wss: undefined,
  tls: undefined,
  'quic-v1': undefined,
  'p2p-circuit': undefined,
}

const isWellFormed = (text: string): boolean => {
  if (text.length > LIMITS.multiaddrChars || !text.startsWith('/') || text.endsWith('/')) return false
  const parts = text.slice(1).split('/')
  let index = 0
  let last = ''
  while (index < parts.length) {
    const protocol = parts[index++] ?? ''
    if (!Object.hasOwn(PROTOCOLS, protocol) || (protocol === 'p2p' && last === 'p2p')) return false
    last = protocol
    const accepts = PROTOCOLS[protocol]
    if (accepts === undefined) continue
    const value = parts[index++]
    if (value === undefined || !accepts(value)) return false
  }
  return true
}

/** Parses an address; throws `address-invalid`. The older spelling `<peer id>@<address>` is accepted and rewritten. */
export const parseMultiaddr = (text: string): Multiaddr => {
  const at = text.indexOf('@')
  const isOlder = at > 0 && isPeerId(text.slice(0, at)) && isWellFormed(text.slice(at + 1))
  const full = isOlder ? `${text.slice(at + 1)}/p2p/${text.slice(0, at)}` : text
  if (!isWellFormed(full)) throw new GgenError('address-invalid', `not a network address: ${JSON.stringify(text.slice(0, 120))}`)
  return full as Multiaddr
}

/** A peer id, or the one that an address names, in either spelling; throws `address-invalid`. */
export const parsePeer = (text: string): PeerId => {
  if (isPeerId(text)) return text
  const named = text.startsWith('/') || text.includes('@') ? peerOfMultiaddr(parseMultiaddr(text)) : undefined
  return named ?? parsePeerId(text)
}

/** The peer that an address names last, where it names one. */
export const peerOfMultiaddr = (address: Multiaddr): PeerId | undefined => {
  const parts = address.split('/')
  const value = parts.at(-2) === 'p2p' ? parts.at(-1) : undefined
  return value !== undefined && isPeerId(value) ? value : undefined
}
