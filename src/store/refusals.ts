import { type Digest, GgenError, LIMITS, type OpId } from '#core'

/** What a blob store throws when it does not hold a blob. */
export const blobNotFound = (digest: Digest): GgenError => new GgenError('blob-not-found', `not held: ${digest}`, { details: { digest } })

/** What sealing throws when the bytes are not the expected ones. */
export const wrongDigest = (expected: Digest, actual: Digest): GgenError =>
  new GgenError('integrity', `the bytes are ${actual}, not ${expected}`, { details: { expected, actual } })

/** Thrown when another op of ours has the place in the feed that this one wants: two would prove misuse of the key. */
export const placeTaken = (id: OpId): GgenError =>
  new GgenError('publish-expired', 'another record has this place in the feed already', { details: { op: id } })

/** Thrown when an intent is moved on that is not there any more. */
export const intentGone = (id: OpId): GgenError =>
  new GgenError('publish-expired', 'this publish was replaced by another one of the same package', { details: { op: id } })

/** Thrown above the limit of open intents. */
export const tooManyIntents = (): GgenError => new GgenError('too-busy', `${LIMITS.openIntents} publishes are under way already`)

/** What every method of a store throws after it was disposed. */
export const storeClosed = (): GgenError => new GgenError('cancelled', 'this node is shutting down: its stores are closed')
