import { createHash } from 'node:crypto'
import {
  GgenError, type IdentityId, isGgenError, isPeerId, type Multiaddr, opIdHash, opIdOfHash, parseMultiaddr, type PeerId, peerOfMultiaddr, TEAM_LIMITS,
} from '#core'
import { PUBLIC_NETWORK } from './node-settings.ts'

/** A network that only those can enter who have its key. */
export interface PrivateNetwork {
  /** 1 to 32 of `a-z 0-9 -`, never that of the public network. */
  readonly name: string
  /** 32 bytes. Never printed but in a ticket, never logged. */
  readonly key: Uint8Array
  /** Nodes to connect to first. */
  readonly bootstrap: readonly Multiaddr[]
  /** Publishers that whoever joins follows. */
  readonly follow: readonly IdentityId[]
}

const PREFIX = 'ggen1'
const KEY_BYTES = 32
const HASH_BYTES = 32
const SUM_BYTES = 4
const NAME = /^[a-z0-9-]{1,32}$/
const BODY = /^[A-Za-z0-9_-]+$/

const invalid = (complaint: string): GgenError => new GgenError('ticket-invalid', complaint)

/** The first bytes of the hash over everything before them: of all texts with one typing error, one in four billion passes. */
const sumOf = (body: Uint8Array): Buffer => createHash('sha256').update(PREFIX).update(body).digest().subarray(0, SUM_BYTES)

/** A length in one byte, and so many bytes. */
const counted = (bytes: Uint8Array): Buffer => Buffer.concat([Buffer.from([bytes.length]), bytes])

const listed = (entries: readonly Uint8Array[]): Buffer => Buffer.concat([Buffer.from([entries.length]), ...entries])

const placeOf = (address: Multiaddr, peer: PeerId | undefined): string => (peer === undefined ? address : address.slice(0, -`/p2p/${peer}`.length))

/**
 * The one spelling of a network as a text that can be pasted: `ggen1` and base64url of, each length in one byte, the name, the key, the peers that addresses
 * name, the addresses (place of the peer in that list from 1 on, 0 for none, and the text without it), the hashes of the publishers, and four bytes of SHA-256
 * over all that. Addresses and publishers beyond the limits of `TEAM_LIMITS` are left out.
 */
export const writeTicket = ({ name, key, bootstrap, follow }: PrivateNetwork): string => {
  const addresses = [...new Set(bootstrap)].slice(0, TEAM_LIMITS.ticketAddresses).map((address) => ({ address, peer: peerOfMultiaddr(address) }))
  const peers = [...new Set(addresses.flatMap(({ peer }) => peer ?? []))]
  const body = Buffer.concat([
    counted(Buffer.from(name)),
    key,
    listed(peers.map((peer) => counted(Buffer.from(peer)))),
    listed(addresses.map(({ address, peer }) =>
      Buffer.concat([Buffer.from([peer === undefined ? 0 : peers.indexOf(peer) + 1]), counted(Buffer.from(placeOf(address, peer)))]))),
    listed([...new Set(follow)].slice(0, TEAM_LIMITS.ticketPublishers).map(opIdHash)),
  ])
  return `${PREFIX}${Buffer.concat([body, sumOf(body)]).toString('base64url')}`
}

/** Reads what was counted, and never beyond the end. */
class Reader {
  readonly #bytes: Buffer
  #at = 0

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  get isAtEnd(): boolean {
    return this.#at === this.#bytes.length
  }

  byte(): number {
    return this.take(1)[0] ?? 0
  }

  take(length: number): Buffer {
    const taken = this.#bytes.subarray(this.#at, this.#at + length)
    if (taken.length < length) throw invalid('the ticket ends too early')
    this.#at += length
    return taken
  }

  text(): string {
    return this.take(this.byte()).toString('latin1')
  }

  list<T>(read: () => T): readonly T[] {
    return Array.from({ length: this.byte() }, read)
  }
}

const readAddress = (text: string): Multiaddr => {
  try {
    return parseMultiaddr(text)
  } catch (error) {
    if (!isGgenError(error, 'address-invalid')) throw error
    throw new GgenError('ticket-invalid', `the ticket holds an address that is none: ${error.message}`, { cause: error })
  }
}

const readBody = (body: Buffer): PrivateNetwork => {
  const reader = new Reader(body)
  const name = reader.text()
  if (!NAME.test(name) || name === PUBLIC_NETWORK) throw invalid('the ticket names no private network')
  const key = Uint8Array.from(reader.take(KEY_BYTES))
  const peers = reader.list(() => reader.text())
  const bootstrap = reader.list(() => {
    const place = reader.byte()
    const peer = place === 0 ? '' : (peers[place - 1] ?? '')
    if (place !== 0 && !isPeerId(peer)) throw invalid('the ticket names a peer that is none')
    return readAddress(`${reader.text()}${place === 0 ? '' : `/p2p/${peer}`}`)
  })
  const follow = reader.list(() => opIdOfHash(reader.take(HASH_BYTES)) as IdentityId)
  if (!reader.isAtEnd) throw invalid('the ticket goes on after its end')
  return { name, key, bootstrap, follow }
}

/** Reads a ticket, however it was wrapped when it was pasted. Throws `ticket-invalid` for everything that `writeTicket` would not have written. */
export const parseTicket = (text: string): PrivateNetwork => {
  const ticket = text.slice(0, 2 * TEAM_LIMITS.ticketChars).replaceAll(/\s+/g, '')
  if (ticket.length > TEAM_LIMITS.ticketChars) throw invalid('that is longer than any ticket')
  if (!ticket.startsWith(PREFIX)) {
    throw invalid(/^ggen\d/.test(ticket) ? 'this ticket is of another version of ggen' : 'that is no ticket: tickets begin with ggen1')
  }
  const encoded = ticket.slice(PREFIX.length)
  const bytes = Buffer.from(encoded, 'base64url')
  const body = bytes.subarray(0, -SUM_BYTES)
  if (!BODY.test(encoded) || bytes.length <= SUM_BYTES || !sumOf(body).equals(bytes.subarray(-SUM_BYTES))) {
    throw invalid('the ticket has a typing error, or a part of it is missing')
  }
  const network = readBody(body)
  if (writeTicket(network) !== ticket) throw invalid('the ticket is spelled in another way than ggen spells it')
  return network
}
