import { encode } from '@ipld/dag-cbor'

/** The one canonical DAG-CBOR encoding of a value that is known to have one. A copy: the encoder may hand out a slice of a larger buffer. */
export const encodeCbor = (value: unknown): Uint8Array => Uint8Array.from(encode(value))
