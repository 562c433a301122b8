import type { Brand } from './brand.ts'
import { GgenError } from './errors.ts'
import { plainHost, prefixOfHost } from './ip.ts'
import { parsePeer } from './multiaddr.ts'
import { isPeerId, type PeerId } from './peer-id.ts'

/** Whom a ban is about: a peer id, an IP address in its one spelling, or the /24 (IPv4) or /48 (IPv6) around one. */
export type BanSubject = PeerId | Brand<string, 'BannedHost'>

/** Nobody is let in, dialled or asked for as long as this lasts. */
export interface Ban {
  readonly subject: BanSubject
  /** For people. */
  readonly reason: string
  /** `user`: somebody wanted it · `node`: for what the peer did. */
  readonly by: 'user' | 'node'
  /** Unix milliseconds, by a clock that may have been wrong. */
  readonly since: number
  /** How long from then on; absent: until somebody lifts it. */
  readonly forMs?: number
  /** How often the node has banned this subject, this time included: the next time lasts twice as long. */
  readonly count: number
}

/** A peer that is never banned, and gets in where others find no place. */
export interface AllowedPeer {
  readonly peer: PeerId
  /** Unix milliseconds. */
  readonly since: number
}

/** Parses whom a ban is about; throws `address-invalid`. */
export const parseBanSubject = (text: string): BanSubject => {
  if (isPeerId(text) || text.startsWith('/') || text.includes('@')) return parsePeer(text)
  const [address = '', bits] = text.split('/')
  const host = plainHost(address)
  if (host === undefined) throw notASubject(text)
  if (bits === undefined) return host as BanSubject
  const prefix = prefixOfHost(host)
  if (!prefix.endsWith(`/${bits}`) || text.split('/').length > 2) throw notASubject(text)
  return prefix as BanSubject
}

const notASubject = (text: string): GgenError =>
  new GgenError('address-invalid', `neither a peer id nor an IP address: ${JSON.stringify(text.slice(0, 80))}`, {
    hint: 'give a peer id, an IP address, or a /24 of IPv4 or a /48 of IPv6: ggen p2p peers shows them',
  })
