import { type Digest, digestBytes, digestFromBytes, digestOf, LIMITS, type OpId, pieceCount } from '#core'
import { decode, encode } from '@ipld/dag-cbor'
import { CID } from 'multiformats/cid'
import { create as createMultihash } from 'multiformats/hashes/digest'
import { asBytes, asList, frameInvalid } from './fields.ts'

const DAG_CBOR = 0x71
const SHA2_256 = 0x12
const HASH_BYTES = 32

/** The SHA-256 of each piece of one blob, in order: complete by construction. */
export class ChunkList {
  readonly #hashes: readonly Uint8Array[]

  /** Takes as many hashes as a blob of `sizeBytes` has pieces; throws `frame-invalid` otherwise. */
  constructor(hashes: readonly Uint8Array[], sizeBytes: number) {
    if (hashes.length !== pieceCount(sizeBytes)) throw frameInvalid(`${hashes.length} hashes for ${pieceCount(sizeBytes)} pieces`)
    this.#hashes = hashes.map((hash) => Uint8Array.from(asBytes(hash, HASH_BYTES, HASH_BYTES)))
  }

  /** How many pieces the blob has. */
  get count(): number {
    return this.#hashes.length
  }

  /** Whether `hash` (32 bytes) is the one of this piece; no hash is that of a piece which does not exist. */
  matches(piece: number, hash: Uint8Array): boolean {
    const right = this.#hashes[piece]
    return right !== undefined && Buffer.compare(right, hash) === 0
  }
}

/** Bytes of a chunk list: a DAG-CBOR list of 32 bytes for each piece. */
export const encodeChunkList = (hashes: readonly Uint8Array[]): Uint8Array => encode(hashes)

/** How many bytes the chunk list of a blob of `sizeBytes` has: one length for each number of pieces. */
export const chunkListBytes = (sizeBytes: number): number => {
  const count = pieceCount(sizeBytes)
  const head = count < 24 ? 1 : count < 0x100 ? 2 : 3
  return head + count * (2 + HASH_BYTES)
}

/** Parses the chunk list of a blob of `sizeBytes`; throws `frame-invalid` unless it is exactly the hash of each of its pieces. */
export const decodeChunkList = (bytes: Uint8Array, sizeBytes: number): ChunkList => {
  if (pieceCount(sizeBytes) > LIMITS.blobPieces) throw frameInvalid(`a blob has at most ${LIMITS.blobPieces} pieces`)
  if (bytes.length !== chunkListBytes(sizeBytes)) throw frameInvalid('a chunk list of another length')
  return new ChunkList(asList(decoded(bytes), LIMITS.blobPieces, (hash) => asBytes(hash, HASH_BYTES, HASH_BYTES)), sizeBytes)
}

const decoded = (bytes: Uint8Array): unknown => {
  try {
    return decode(bytes)
  } catch (error) {
    throw frameInvalid('not DAG-CBOR', error)
  }
}

/** The name of a chunk list in a signed release. */
export const chunkListId = (bytes: Uint8Array): OpId =>
  CID.createV1(DAG_CBOR, createMultihash(SHA2_256, digestBytes(digestOf(bytes)))).toString() as OpId

/** The name of the same chunk list as a blob. */
export const chunkListDigest = (id: OpId): Digest => digestFromBytes(CID.parse(id).multihash.digest)
