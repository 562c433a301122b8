import { createHash } from 'node:crypto'
import { type KeyPair, keyPairFromSeed } from '#trust'

/** Key number n of the vectors: its seed is the SHA-256 of the text `ggen test key n`. */
export const testKey = (n: number): KeyPair => keyPairFromSeed(createHash('sha256').update(`ggen test key ${n}`).digest())

/** The 34 bytes of a key, as they stand on the wire. */
export const multikey = (key: KeyPair): Uint8Array => Uint8Array.from(Buffer.from(key.publicKey, 'hex'))
