import { type Advice, GgenError, isVersion, LIMITS, type PackageName, type ReleaseOp, shortIdentity, type Version, versionSlot } from '#core'
import type { PackageView, ReleaseView } from '#trust'
import { compare, prerelease, Range, satisfies } from 'semver'

/** Whether others have not had the time to look at a release. */
export type IsTooYoung = (release: ReleaseOp) => boolean

/** What speaks against choosing a release that stands. */
export interface Doubts {
  readonly isTooYoung?: IsTooYoung
  /** Advice for which a release is not to be chosen. */
  readonly adviceAgainst?: (release: ReleaseOp) => Advice | undefined
  /** Whether a version that is not there was installed before: then its publisher has disowned it since. */
  readonly wasInstalled?: (version: Version) => boolean
}

/**
 * The release that a version, a range or nothing at all means: the newest that stands, is not too young and is not advised against. Pre-releases only when
 * asked for or when there is nothing else. An exact version is taken at any age, and so is a package that has nothing older. Throws `range-invalid`,
 * `version-not-found`, `too-young`, `advised-against`, `disputed`, `denied` (withdrawn).
 */
export const pickRelease = (view: PackageView, range: string | undefined, doubts: Doubts = {}): ReleaseView => {
  const { isTooYoung = () => false, adviceAgainst = () => undefined } = doubts
  if (range !== undefined && isVersion(range)) return unadvised(exact(view, range, doubts), adviceAgainst)
  const parsed = range === undefined || range === 'latest' ? undefined : parseRange(range)
  const standing = [...view.releases.values()].filter((release) => release.standing === 'live' || release.standing === 'deprecated')
  const wanted = standing.filter(({ version }) => parsed === undefined || satisfies(version, parsed))
  const best = wanted.toSorted((a, b) => Number(isEarly(a)) - Number(isEarly(b)) || compare(b.version, a.version))
  const [first] = best
  if (first === undefined) throw nothingStands(view, range)
  const sound = best.filter(({ release }) => adviceAgainst(release) === undefined)
  const [newest = unadvised(first, adviceAgainst)] = sound
  const ripe = sound.find(({ release }) => !isTooYoung(release))
  if (ripe !== undefined) return ripe
  if (standing.every(({ release }) => isTooYoung(release))) return newest
  throw tooYoung(newest)
}

const unadvised = (chosen: ReleaseView, adviceAgainst: NonNullable<Doubts['adviceAgainst']>): ReleaseView => {
  const advice = adviceAgainst(chosen.release)
  if (advice !== undefined) throw advisedAgainst(chosen.release, advice)
  return chosen
}

/** The refusal that says who advises against a release, why, and what to take instead. */
export const advisedAgainst = ({ identity, body: { name, version } }: ReleaseOp, advice: Advice): GgenError => {
  const { by, severity, why, ref, fix } = advice
  const because = [why === undefined ? '' : `: ${why}`, ref === undefined ? '' : ` (${ref})`].join('')
  const message = `${name}@${version} should not be used, says ${shortIdentity(by)}, whom you follow (${severity})${because}`
  const hint = fix === undefined ? {} : { hint: `it is repaired in ${fix}: ggen install '${name}@>=${fix}'; or install it all the same with --accept-advisory` }
  return new GgenError('advised-against', message, { ...hint, details: { name, version, identity, advice } })
}

const isEarly = ({ version }: ReleaseView): boolean => prerelease(version) !== null

/** The refusal of a release that others have not had the time to look at. */
export const tooYoung = ({ release: { body } }: ReleaseView): GgenError =>
  new GgenError('too-young', `${body.name}@${body.version} has come out just now, and nothing older is in the range`, {
    hint: `wait until others have looked at it, or install it by its version: ggen install ${body.name}@${body.version}`,
    details: { name: body.name, version: body.version },
  })

/** Throws `range-invalid`. */
export const checkRange = (range: string): void => void parseRange(range)

const parseRange = (range: string): Range => {
  if (range.length > LIMITS.rangeChars) throw new GgenError('range-invalid', 'the range is too long')
  try {
    return new Range(range)
  } catch (error) {
    throw new GgenError('range-invalid', `not a version or range: ${JSON.stringify(range)}`, { cause: error })
  }
}

const exact = (view: PackageView, version: Version, { wasInstalled }: Doubts): ReleaseView => {
  const found = view.releases.get(versionSlot(version))
  const meant = found !== undefined && (version === found.version || version === found.release.body.version || found.standing === 'disputed')
  if (!meant) {
    if (view.suspended.length > 0) throw suspended(view)
    const what = wasInstalled?.(version) === true
      ? `${view.name}@${version} was installed before, and does not count any more: its publisher has revoked the key that signed it`
      : `${view.name} has no version ${version}`
    throw new GgenError('version-not-found', what, { details: versions(view) })
  }
  if (found.standing === 'disputed') throw disputed(view.name, found)
  if (found.standing === 'withdrawn') throw new GgenError('denied', `${view.name}@${version} was withdrawn${because(found)}`)
  if (found.standing === 'yanked') throw new GgenError('version-not-found', `${view.name}@${version} was yanked${because(found)}`, { details: versions(view) })
  return found
}

const because = ({ why }: ReleaseView): string => (why === undefined ? '' : `: ${why}`)

const versions = (view: PackageView): Readonly<Record<string, unknown>> => ({
  versions: [...view.releases.values()].slice(0, 50).map(({ release, standing }) => `${release.body.version} (${standing})`),
})

const disputed = (name: PackageName, release: ReleaseView): GgenError =>
  new GgenError('disputed', `${name}@${release.version} is disputed: ${release.rivals.length + 1} different archives claim it`, {
    details: { digests: [release.release, ...release.rivals].map(({ body }) => body.artifact.digest) },
  })

/** Says why: only disputed releases, or none in the range. */
const nothingStands = (view: PackageView, range: string | undefined): GgenError => {
  const contested = [...view.releases.values()].filter(({ standing }) => standing === 'disputed')
  const [first] = contested
  if (range === undefined && first !== undefined) return disputed(view.name, first)
  if (view.suspended.length > 0) return suspended(view)
  return new GgenError('version-not-found', range === undefined ? `${view.name} has no release that stands` : `${view.name} has no version in ${range}`, {
    details: versions(view),
  })
}

/** What a key signed after it contradicted itself does not count, so a version may exist and not be there. */
const suspended = (view: PackageView): GgenError =>
  new GgenError('disputed', `a key of ${view.name} signed two different records at one place; nothing that it signed after that counts`, {
    hint: 'choose another version, or ask the author, whose key somebody else may have',
    details: { feeds: view.suspended.map(({ feed }) => feed), ...versions(view) },
  })
