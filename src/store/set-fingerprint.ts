import assert from 'node:assert/strict'
import { isOpId, type OpId } from '#core'

/** The fingerprint of the empty set. */
export const EMPTY_FINGERPRINT = '0'.repeat(64)

const ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567'
const VALUES: ReadonlyMap<string, number> = new Map(Array.from(ALPHABET, (letter, value) => [letter, value]))
const MODULUS = 1n << 256n

/** Letters of an op id before the first that carries bits of its digest. */
const PREFIX_CHARS = 'bafyrei'.length
/** The 260 bits behind the prefix: two zeroes of the header, 256 of the digest, two of padding. */
const PADDING_BITS = 2n

/** The fingerprint of a set with one more op: hex of the sum modulo 2^256 of the sha2-256 digests inside the ids. */
export const addToFingerprint = (fingerprint: string, id: OpId): string =>
  ((BigInt(`0x${fingerprint}`) + digestInside(id)) % MODULUS).toString(16).padStart(64, '0')

const digestInside = (id: OpId): bigint => {
  assert(isOpId(id), 'only op ids have a digest inside')
  let bits = 0n
  for (const letter of id.slice(PREFIX_CHARS)) bits = (bits << 5n) | BigInt(VALUES.get(letter) ?? 0)
  return bits >> PADDING_BITS
}
