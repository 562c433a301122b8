import type { ReleaseOp, Roles } from '#core'
import type { IdentityView } from '#trust'

/** What is known of the age of a release. All in Unix milliseconds. */
export interface AgeEvidence {
  readonly now: number
  /** The latest moment at which this node knew the package, was in step with others, and there was no such release; `undefined`: never. */
  readonly lastWithout: number | undefined
}

/**
 * How long others have had to look at a release, in milliseconds: since it was signed, and not longer than since it was seen to be missing. Who dates a
 * release back gains nothing at nodes that know the package.
 */
export const ageOf = ({ at }: ReleaseOp, { now, lastWithout = 0 }: AgeEvidence): number => Math.max(0, now - Math.max(at * 1000, lastWithout))

/** Whether the root role itself stands behind a release: so a publisher says that it is urgent. */
export const isUrgent = ({ signers }: ReleaseOp, identity: IdentityView): boolean => {
  const { root }: Roles = identity.roles
  return root.need > 0 && root.keys.filter((key) => signers.has(key)).length >= root.need
}
