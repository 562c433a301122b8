import { GgenError, LIMITS, type OpId } from '#core'

/** Thrown when another op of ours has the place in the feed that this one wants: two would prove misuse of the key. */
export const placeTaken = (id: OpId): GgenError =>
  new GgenError('publish-expired', 'another op has this place in the feed already', { details: { op: id } })

/** Thrown when an intent is moved on that is not there any more. */
export const intentGone = (id: OpId): GgenError =>
  new GgenError('publish-expired', 'this publish was replaced by another one of the same package', { details: { op: id } })

/** Thrown above the limit of open intents. */
export const tooManyIntents = (): GgenError => new GgenError('too-busy', `${LIMITS.openIntents} publishes are under way already`)
