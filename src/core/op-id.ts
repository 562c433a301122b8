import type { Brand } from './brand.ts'
import { GgenError } from './errors.ts'

/** The name of an op: the CIDv1 (dag-cbor, sha2-256, base32) of its payload. Co-signatures do not change it. */
export type OpId = Brand<string, 'OpId'>

/** A publisher: the op id of its genesis. */
export type IdentityId = Brand<OpId, 'IdentityId'>

/** An Ed25519 public key as multikey: `ed01` and the 32 bytes in hexadecimal. */
export type PublicKey = Brand<string, 'PublicKey'>

/** The characters at both ends hold bits of the fixed head and padding: only these spell a sha2-256 of 32 bytes, each hash once. */
const CID_TEXT = /^bafyrei[a-h][a-z2-7]{50}[aeimquy4]$/

/** Whether a text has the form of an op id. */
export const isOpId = (text: string): text is OpId => CID_TEXT.test(text)

const ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567'
const VALUES = Uint8Array.from({ length: 128 }, (_, code) => Math.max(0, ALPHABET.indexOf(String.fromCodePoint(code))))

/** What stands before the hash in every op id: the multibase letter, version 1, the codec, the hash function and its length. */
const HEAD = 'bafyrei'
const HASH_BYTES = 32
const HASH_CHARS = 52
/** Where ids are put together: a letter at a time would be half a hundred texts. */
const LETTERS = Buffer.from(ALPHABET)
const SPELLED = Buffer.from(HEAD.padEnd(HEAD.length + HASH_CHARS))

/** The 32-byte sha2-256 inside an op id. */
export const opIdHash = (id: OpId): Uint8Array => {
  const hash = new Uint8Array(HASH_BYTES)
  // The head ends three bits into a letter: two zero bits are left of it, and 258 bits follow in 52 letters, the last two of them padding.
  let [pending, bits, place] = [0, -2, 0]
  for (let at = HEAD.length; at < id.length; at += 1) {
    pending = ((pending << 5) | (VALUES[id.codePointAt(at) ?? 0] ?? 0)) & 0xfff
    bits += 5
    if (bits >= 8) {
      bits -= 8
      hash[place] = pending >> bits
      place += 1
    }
  }
  return hash
}

/** The op id of a 32-byte sha2-256; throws `RangeError` for another length. */
export const opIdOfHash = (hash: Uint8Array): OpId => {
  if (hash.length !== HASH_BYTES) throw new RangeError('the hash inside an op id has 32 bytes')
  let [pending, bits, place] = [0, 2, HEAD.length]
  for (const byte of hash) {
    pending = ((pending << 8) | byte) & 0xfff
    bits += 8
    while (bits >= 5) {
      bits -= 5
      SPELLED[place] = LETTERS[(pending >> bits) & 31] ?? 0
      place += 1
    }
  }
  SPELLED[place] = LETTERS[(pending << (5 - bits)) & 31] ?? 0
  return SPELLED.toString('latin1') as OpId
}

/** Parses an identity; throws `name-invalid`, because users write identities as part of names. */
export const parseIdentityId = (text: string): IdentityId => {
  if (!CID_TEXT.test(text)) throw new GgenError('name-invalid', `not an identity: ${JSON.stringify(text.slice(0, 80))}`)
  return text as IdentityId
}

/** For people: the last twelve characters in groups of four. Display only, never accepted as input. */
export const shortIdentity = (identity: IdentityId): string => (identity.slice(-12).match(/.{4}/g) ?? []).join('-')
