import { type Digest, GgenError } from '#core'

/** What a store of blobs throws when it does not hold one. */
export const blobNotFound = (digest: Digest): GgenError => new GgenError('blob-not-found', `not held: ${digest}`, { details: { digest } })

/** What sealing throws when the bytes are not the expected ones. */
export const wrongDigest = (expected: Digest, actual: Digest): GgenError =>
  new GgenError('integrity', `the bytes are ${actual}, not ${expected}`, { details: { expected, actual } })
