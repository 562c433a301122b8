import type { Dependency, GgenError, PackageName, Version } from '#core'
import { satisfies } from 'semver'
import type { ChosenRelease, ReleaseKey } from './resolution.ts'
import { canDoWithout, type Offer, type ProjectWish } from './universe.ts'

/** What a resolution was told. */
export interface Told {
  readonly offerOf: (name: PackageName) => Offer
  /** Every release of which it is known what it wants. */
  readonly releases: readonly ChosenRelease[]
  /** Whether somebody has to decide, or somebody is missing, before it is known whether a package may be had. */
  readonly isOpen: (refused: GgenError) => boolean
}

/** A release that would have been chosen if what it wants could be had. */
export interface PassedOver extends ReleaseKey {
  readonly chosen: Version
  readonly dependency: Dependency
  readonly error: GgenError
}

/**
 * The first release that is preferred to the one that was chosen, suits everybody, and was left only because of a package about which it is open whether it
 * may be had: nobody is to get an older release without a word because somebody holds something back.
 */
export const passedOver = (chosen: readonly ChosenRelease[], wishes: readonly ProjectWish[], told: Told): PassedOver | undefined => {
  const held = heldBack(told)
  if (held.size === 0) return undefined
  const wants = Map.groupBy([...wishes, ...chosen.flatMap(({ dependencies }) => dependencies)], ({ name }) => name)
  for (const { name, version } of chosen) {
    const offer = told.offerOf(name)
    if ('refused' in offer) continue
    for (const candidate of offer.candidates) {
      if (candidate.version === version) break
      const lacking = held.get(keyOf({ name, version: candidate.version }))
      const suits = (): boolean => (wants.get(name) ?? []).every(({ range }) => range === undefined || satisfies(candidate.version, range))
      if (lacking !== undefined && suits()) return { name, version: candidate.version, chosen: version, ...lacking }
    }
  }
  return undefined
}

type Lacking = Pick<PassedOver, 'dependency' | 'error'>

const keyOf = ({ name, version }: ReleaseKey): string => `${name}@${version}`

/** Releases that cannot be had before it is decided about something that they want, directly or not, and about what. */
const heldBack = ({ offerOf, releases, isOpen }: Told): ReadonlyMap<string, Lacking> => {
  const held = new Map<string, Lacking>()
  const wantedBy = Map.groupBy(
    releases.flatMap((release) => release.dependencies.flatMap((dependency) => (canDoWithout(dependency) ? [] : { release, dependency }))),
    ({ dependency: { name } }) => name,
  )
  const why = ({ name, range }: Dependency): GgenError | undefined => {
    const offer = offerOf(name)
    if ('refused' in offer) return isOpen(offer.refused) ? offer.refused : undefined
    const lacking = offer.candidates.filter(({ version }) => satisfies(version, range)).map(({ version }) => held.get(keyOf({ name, version })))
    return lacking.every((one) => one !== undefined) ? lacking[0]?.error : undefined
  }
  const changed = [...wantedBy.keys()]
  for (const name of changed) {
    for (const { release, dependency } of wantedBy.get(name) ?? []) {
      const error = held.has(keyOf(release)) ? undefined : why(dependency)
      if (error === undefined) continue
      held.set(keyOf(release), { dependency, error })
      changed.push(release.name)
    }
  }
  return held
}
