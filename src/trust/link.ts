import { CID } from 'multiformats/cid'
import { create as createMultihash } from 'multiformats/hashes/digest'
import { type Digest, digestBytes, digestFromBytes, type OpId, opIdOfHash } from '#core'

const DAG_CBOR = 0x71
const RAW = 0x55
const SHA2_256 = 0x12
const DIGEST_BYTES = 32

const isLink = (value: unknown, codec: number): value is CID =>
  value instanceof CID && value.version === 1 && value.code === codec && value.multihash.code === SHA2_256 && value.multihash.size === DIGEST_BYTES

/** Reads a decoded link to a DAG-CBOR block; `undefined` for everything else. */
export const opIdOfLink = (value: unknown): OpId | undefined => (isLink(value, DAG_CBOR) ? opIdOfHash(value.multihash.digest) : undefined)

/** Reads a decoded link to raw bytes; `undefined` for everything else. */
export const digestOfLink = (value: unknown): Digest | undefined => (isLink(value, RAW) ? digestFromBytes(value.multihash.digest) : undefined)

/** The link that stands for an op id in a payload. */
export const linkToOp = (id: OpId): CID => CID.parse(id)

/** The link that stands for a blob in a payload. */
export const linkToBlob = (digest: Digest): CID => CID.createV1(RAW, createMultihash(SHA2_256, digestBytes(digest)))
