import { decode, encode } from '@ipld/dag-cbor'
import { GgenError, isPeerId, LIMITS, type Multiaddr, parseMultiaddr, type PeerId } from '#core'

/** The protocol whose messages these are; bytes in docs/protocol/rendezvous.md. */
export const RENDEZVOUS = '/ggen/rendezvous/1'

/** A peer that put itself under a key, and where it says it can be reached. */
export interface RendezvousEntry {
  readonly peer: PeerId
  /** At most `LIMITS.rendezvousAddresses`, none of which names a peer. A claim. */
  readonly addresses: readonly Multiaddr[]
}

/** `put`: name me under this key · `get`: whom do you know under it · `del`: do not name me any more. */
export type RendezvousQuestion =
  | { readonly op: 'put'; readonly key: Uint8Array; readonly addresses: readonly Multiaddr[] }
  | { readonly op: 'get'; readonly key: Uint8Array; readonly count: number }
  | { readonly op: 'del'; readonly key: Uint8Array }

const KEY_BYTES = 32
const FIELDS = { put: 'addresses key op', get: 'key n op', del: 'key op' } as const

const invalid = (what: string, cause?: unknown): GgenError => new GgenError('frame-invalid', `malformed message: ${what}`, { cause })

/** Bytes of a question. */
export const encodeRendezvousQuestion = (question: RendezvousQuestion): Uint8Array => {
  const { op, key } = question
  if (op === 'put') return encode({ op, key, addresses: question.addresses })
  return op === 'get' ? encode({ op, key, n: question.count }) : encode({ op, key })
}

/** Parses a question; throws `frame-invalid`. */
export const decodeRendezvousQuestion = (bytes: Uint8Array): RendezvousQuestion => {
  const fields = mapOf(decodeStrictly(bytes))
  const { op, key } = fields
  if (op !== 'put' && op !== 'get' && op !== 'del') throw invalid('no such op')
  if (keysOf(fields) !== FIELDS[op]) throw invalid(`keys of ${op}`)
  if (!(key instanceof Uint8Array) || key.length !== KEY_BYTES) throw invalid('key')
  if (op === 'put') return { op, key, addresses: addressesOf(fields['addresses']) }
  return op === 'get' ? { op, key, count: countOf(fields['n']) } : { op, key }
}

/** Bytes of the answer to `put` and `del`: whether it was done. */
export const encodeRendezvousReceipt = (done: boolean): Uint8Array => encode({ done })

/** Parses the answer to `put` and `del`; throws `frame-invalid`. */
export const decodeRendezvousReceipt = (bytes: Uint8Array): boolean => {
  const fields = mapOf(decodeStrictly(bytes))
  const { done } = fields
  if (keysOf(fields) !== 'done' || typeof done !== 'boolean') throw invalid('receipt')
  return done
}

/** Bytes of the answer to `get`. */
export const encodeRendezvousEntries = (entries: readonly RendezvousEntry[]): Uint8Array =>
  encode({ entries: entries.map(({ peer, addresses }) => ({ peer, addresses })) })

/** Parses the answer to `get`: at most `LIMITS.rendezvousAnswer` entries; throws `frame-invalid`. */
export const decodeRendezvousEntries = (bytes: Uint8Array): readonly RendezvousEntry[] => {
  const fields = mapOf(decodeStrictly(bytes))
  const { entries } = fields
  if (keysOf(fields) !== 'entries' || !Array.isArray(entries) || entries.length > LIMITS.rendezvousAnswer) throw invalid('entries')
  return entries.map(entryOf)
}

const entryOf = (value: unknown): RendezvousEntry => {
  const fields = mapOf(value)
  const { peer } = fields
  if (keysOf(fields) !== 'addresses peer' || typeof peer !== 'string' || !isPeerId(peer)) throw invalid('entry')
  return { peer, addresses: addressesOf(fields['addresses']) }
}

const addressesOf = (value: unknown): readonly Multiaddr[] => {
  if (!Array.isArray(value) || value.length > LIMITS.rendezvousAddresses) throw invalid('addresses')
  return value.map(addressOf)
}

const addressOf = (value: unknown): Multiaddr => {
  if (typeof value !== 'string' || value.length > LIMITS.rendezvousAddressChars || /@|\/p2p(?:\/|$)/.test(value)) throw invalid('address')
  try {
    return parseMultiaddr(value)
  } catch (error) {
    throw invalid('address', error)
  }
}

const countOf = (value: unknown): number => {
  if (!Number.isSafeInteger(value) || Number(value) < 1 || Number(value) > LIMITS.rendezvousAnswer) throw invalid('n')
  return Number(value)
}

type Fields = Readonly<Record<string, unknown>>

const keysOf = (fields: Fields): string => Object.keys(fields).sort().join(' ')

const mapOf = (value: unknown): Fields => {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || value instanceof Uint8Array) throw invalid('not a map')
  return value as Fields
}

/** The one value in these bytes, which must be its one spelling. */
const decodeStrictly = (bytes: Uint8Array): unknown => {
  let value: unknown
  let spelled: Uint8Array
  try {
    value = decode(bytes)
    spelled = encode(value)
  } catch (error) {
    throw invalid('not DAG-CBOR', error)
  }
  if (Buffer.compare(spelled, bytes) !== 0) throw invalid('not in the one spelling')
  return value
}
