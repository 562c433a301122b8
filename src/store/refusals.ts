import { type Digest, GgenError, LIMITS, type OpId, REGISTRY_LIMITS } from '#core'

/** What a blob store throws when it does not hold a blob. */
export const blobNotFound = (digest: Digest): GgenError => new GgenError('blob-not-found', `not held: ${digest}`, { details: { digest } })

/** What sealing throws when the bytes are not the expected ones. */
export const wrongDigest = (expected: Digest, actual: Digest): GgenError =>
  new GgenError('integrity', `the bytes are ${actual}, not ${expected}`, { details: { expected, actual } })

/** What sealing throws when the second hash of the bytes is not the signed one. */
export const wrongSha512 = (digest: Digest): GgenError =>
  new GgenError('integrity', `the bytes of ${digest} have another SHA-512 than the one that was signed`, { details: { digest } })

/** Thrown when a partial blob is opened that is open already. */
export const partialIsOpen = (digest: Digest): GgenError =>
  new GgenError('too-busy', `${digest} is being fetched already`, { details: { digest } })

/** Thrown when as many partial blobs are open as there may be. */
export const tooManyPartials = (): GgenError => new GgenError('too-busy', `${LIMITS.partialBlobs} blobs are being fetched already`)

/** Thrown when blobs would need more than their quota and nothing may be dropped. */
export const quotaReached = (neededBytes: number, quotaBytes: number): GgenError =>
  new GgenError('disk-full', `${neededBytes} more bytes do not fit into the quota of ${quotaBytes}, and nothing that is held may be dropped for them`, {
    hint: 'set a larger [storage] quota in config.toml, or unpin what need not stay: ggen unpin NAME', details: { neededBytes, quotaBytes },
  })

/** Thrown when writing would leave the disk with next to nothing. */
export const diskNearlyFull = (freeBytes: number, reserveBytes: number): GgenError =>
  new GgenError('disk-full', `the disk has ${freeBytes} bytes left, and ${reserveBytes} of them stay free`, { details: { freeBytes, reserveBytes } })

/** Thrown above the limit of kept packages. */
export const tooManyKept = (): GgenError =>
  new GgenError('too-busy', `${LIMITS.keptPackages} packages are kept already`, { hint: 'unpin some of them: ggen unpin NAME' })

/** Thrown when a registry was not there for very long. */
export const tooManyDeliveries = (): GgenError =>
  new GgenError('too-busy', `${REGISTRY_LIMITS.deliveries} records wait for registries already`, { hint: 'publish again when the registry answers' })

/** Thrown when another op of ours has the place in the feed that this one wants: two would prove misuse of the key. */
export const placeTaken = (id: OpId): GgenError =>
  new GgenError('publish-expired', 'another record has this place in the feed already', { details: { op: id } })

/** Thrown when an intent is moved on that is not there any more. */
export const intentGone = (id: OpId): GgenError =>
  new GgenError('publish-expired', 'this publish was replaced by another one of the same package', { details: { op: id } })

/** Thrown above the limit of open intents. */
export const tooManyIntents = (): GgenError => new GgenError('too-busy', `${LIMITS.openIntents} publishes are under way already`)

/** Thrown above the limit of followed publishers. */
export const tooManyFollowed = (): GgenError =>
  new GgenError('too-busy', `${LIMITS.followedPublishers} publishers are followed already`, { hint: 'let some go: ggen unfollow IDENTITY' })

/** Thrown above the limit of blocked publishers and packages. */
export const tooManyBlocked = (): GgenError =>
  new GgenError('too-busy', `${LIMITS.blockedSubjects} publishers and packages are blocked already`, { hint: 'let some go: ggen trust unblock @IDENTITY' })

/** What every method of a store throws after it was disposed. */
export const storeClosed = (): GgenError => new GgenError('cancelled', 'this node is shutting down: its stores are closed')
