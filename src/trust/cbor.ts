import { decode, encode } from '@ipld/dag-cbor'
import { checkCborProfile } from './cbor-profile.ts'
import { refuse } from './op-fault.ts'

/** How bytes become a value: strictly, or, where they were read strictly before, quickly. */
export type DecodeCbor = (bytes: Uint8Array) => unknown

/** The one canonical DAG-CBOR encoding of a value that is known to have one. A copy: the encoder may hand out a slice of a larger buffer. */
export const encodeCbor = (value: unknown): Uint8Array => Uint8Array.from(encode(value))

const attempt = <T>(reason: 'cbor' | 'canonical', work: () => T): T => {
  try {
    return work()
  } catch (error) {
    return refuse(reason, 'the bytes are not DAG-CBOR', error)
  }
}

/**
 * Decodes bytes that are the one canonical encoding of their value: what the decoder is lenient about (key order, lengths,
 * invalid UTF-8) shows when the value is encoded again. Throws `op-invalid` (`cbor`, `canonical`) for all others.
 */
export const decodeCanonical = (bytes: Uint8Array): unknown => {
  checkCborProfile(bytes)
  const value: unknown = attempt('cbor', () => decode(bytes))
  const again = attempt('canonical', () => encode(value))
  if (Buffer.compare(again, bytes) !== 0) refuse('canonical', 'the bytes are not the canonical encoding of their value')
  return value
}

/** Decodes bytes that `decodeCanonical` took before: ONLY for what this node stored, it costs a third. */
export const decodeStored: DecodeCbor = (bytes) => attempt('cbor', () => decode(bytes))
