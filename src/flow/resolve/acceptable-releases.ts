import { type Digest, type GgenError, isGgenError, LIMITS, type Version } from '#core'
import type { PackageView, ReleaseView } from '#trust'
import { compare, prerelease } from 'semver'
import { type Doubts, pickRelease, tooYoung } from './pick-release.ts'

/** What was decided before of a package. */
export interface Decided {
  /** The version that the user named: it may be of any age. */
  readonly asked?: Version
  /** What the project has: it may be of any age, and is preferred. */
  readonly locked?: { readonly version: Version; readonly digest: Digest }
}

/**
 * The releases of a package that may be installed, the preferred first: what is locked, then the newest, pre-releases last. Those are left out that do not
 * stand, are advised against or are too young, as `pickRelease` has it; at most `LIMITS.planCandidates`.
 */
export const acceptableReleases = (view: PackageView, doubts: Doubts, decided: Decided = {}): readonly ReleaseView[] => {
  const { isTooYoung = () => false, adviceAgainst = () => undefined } = doubts
  const standing = [...view.releases.values()].filter(({ standing: state }) => state === 'live' || state === 'deprecated')
  const hasOlder = !standing.every(({ release }) => isTooYoung(release))
  const isLocked = ({ release: { body } }: ReleaseView): boolean => body.version === decided.locked?.version && body.artifact.digest === decided.locked.digest
  const isDecided = (one: ReleaseView): boolean => isLocked(one) || one.release.body.version === decided.asked || one.version === decided.asked
  const acceptable = standing.filter((one) => adviceAgainst(one.release) === undefined && (isDecided(one) || !hasOlder || !isTooYoung(one.release)))
  return acceptable
    .toSorted((a, b) => Number(isLocked(b)) - Number(isLocked(a)) || Number(isEarly(a)) - Number(isEarly(b)) || compare(b.version, a.version))
    .slice(0, LIMITS.planCandidates)
}

/** Why nothing in a range may be installed, where nothing is. */
export const whyUnacceptable = (view: PackageView, range: string | undefined, doubts: Doubts): GgenError => {
  try {
    return tooYoung(pickRelease(view, range, doubts))
  } catch (error) {
    if (isGgenError(error)) return error
    throw error
  }
}

const isEarly = ({ version }: ReleaseView): boolean => prerelease(version) !== null
