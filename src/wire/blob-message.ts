import { type Digest, digestBytes, digestFromBytes, LIMITS } from '#core'
import { asBytes, asUint, decodeMessage, encodeMessage, frameInvalid } from './fields.ts'

/** What a node asks over `/ggen/blob/1`; bytes in docs/protocol/blob.md. */
export interface BlobQuestion {
  readonly digest: Digest
  readonly offset: number
  /** 1 … 1 MiB. */
  readonly length: number
}

/** The bytes of the range, cut at the end of the blob, and the size of the whole; `undefined`: not held. */
export type BlobAnswer = { readonly sizeBytes: number; readonly bytes: Uint8Array } | undefined

const SIZE_MAX = 2 ** 40

const asDigest = (value: unknown): Digest => digestFromBytes(asBytes(value, 32, 32))

/** Bytes of a range question. */
export const encodeBlobQuestion = (question: BlobQuestion): Uint8Array =>
  encodeMessage({ digest: digestBytes(question.digest), offset: question.offset, length: question.length })

/** Parses a range question; throws `frame-invalid`. */
export const decodeBlobQuestion = (bytes: Uint8Array): BlobQuestion => {
  const fields = decodeMessage(bytes, ['digest', 'offset', 'length'])
  const length = asUint(fields['length'], LIMITS.blobRangeBytes)
  if (length === 0) throw frameInvalid('an empty range')
  return { digest: asDigest(fields['digest']), offset: asUint(fields['offset'], SIZE_MAX), length }
}

/** Bytes of a range answer. */
export const encodeBlobAnswer = (answer: BlobAnswer): Uint8Array =>
  answer === undefined ? encodeMessage({ size: null, bytes: new Uint8Array(0) }) : encodeMessage({ size: answer.sizeBytes, bytes: answer.bytes })

/** Parses a range answer; throws `frame-invalid`. */
export const decodeBlobAnswer = (bytes: Uint8Array): BlobAnswer => {
  const fields = decodeMessage(bytes, ['size', 'bytes'])
  const content = asBytes(fields['bytes'], 0, LIMITS.blobRangeBytes)
  return fields['size'] === null ? undefined : { sizeBytes: asUint(fields['size'], SIZE_MAX), bytes: content }
}
