import type { Dependency, GgenError, PackageName, Version } from '#core'
import { satisfies } from 'semver'
import type { ChosenRelease, ReleaseKey } from './resolution.ts'
import { canDoWithout, type Offer, type ProjectWish } from './universe.ts'

/** What a resolution was told. */
export interface Told {
  readonly offerOf: (name: PackageName) => Offer | undefined
  /** Absent where nobody asked. */
  readonly dependenciesOf: (release: ReleaseKey) => readonly Dependency[] | undefined
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
  for (const { name, version } of chosen) {
    const offer = told.offerOf(name)
    if (offer === undefined || 'refused' in offer) continue
    const ranges = [...wishes, ...chosen.flatMap(({ dependencies }) => dependencies)].filter((want) => want.name === name).map(({ range }) => range)
    for (const candidate of offer.candidates) {
      if (candidate.version === version) break
      if (!ranges.every((range) => range === undefined || satisfies(candidate.version, range))) continue
      const lacking = lack({ name, version: candidate.version }, told, new Set())
      if (lacking !== undefined) return { name, version: candidate.version, chosen: version, ...lacking }
    }
  }
  return undefined
}

type Lacking = Pick<PassedOver, 'dependency' | 'error'>

const lack = (release: ReleaseKey, told: Told, seen: Set<string>): Lacking | undefined => {
  const key = `${release.name}@${release.version}`
  if (seen.has(key)) return undefined
  seen.add(key)
  for (const dependency of told.dependenciesOf(release) ?? []) {
    if (canDoWithout(dependency)) continue
    const offer = told.offerOf(dependency.name)
    if (offer === undefined) continue
    if ('refused' in offer) {
      if (told.isOpen(offer.refused)) return { dependency, error: offer.refused }
      continue
    }
    const lacking = offer.candidates
      .filter(({ version }) => satisfies(version, dependency.range))
      .map(({ version }) => lack({ name: dependency.name, version }, told, seen))
    const [first] = lacking
    if (first !== undefined && lacking.every((one) => one !== undefined)) return { dependency, error: first.error }
  }
  return undefined
}
