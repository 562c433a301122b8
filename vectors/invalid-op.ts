import { encode } from '@ipld/dag-cbor'
import { type OpFault, signPayload } from '#trust'
import { testKey } from './test-keys.ts'
import type { Wire } from './wire.ts'

/** One envelope that every node must refuse. */
export interface InvalidOp {
  readonly slug: string
  readonly description: string
  readonly envelope: Uint8Array
  readonly reason: OpFault
}

/** `name` is the reason, a slash, and the slug of the file. */
export const invalid = (name: `${OpFault}/${string}`, description: string, envelope: Uint8Array): InvalidOp => {
  const slash = name.indexOf('/')
  return { slug: name.slice(slash + 1), description, envelope, reason: name.slice(0, slash) as OpFault }
}

/** An envelope around any payload bytes, correctly signed. */
export const signedBytes = (payload: Uint8Array, ...keys: readonly number[]): Uint8Array => signPayload(payload, keys.map(testKey))

/** An envelope around the canonical encoding of any value, correctly signed. */
export const signedWire = (wire: Wire, ...keys: readonly number[]): Uint8Array => signedBytes(encode(wire), ...keys)
