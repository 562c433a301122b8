import { GgenError, type IdentityId, isGgenError, LIMITS, type PackageName, type PackageSpec, type Version } from '#core'
import { type Doubts, pickRelease } from '#flow/resolve'
import { type ParsedQuery, parseQuery } from '#flow/search'
import type { PackageViews } from '#flow/verify'
import type { Network } from '#network'
import type { PackageView, ReleaseView } from '#trust'

export interface LookupParts {
  readonly network: Pick<Network, 'peers'>
  readonly views: PackageViews
  /** Brings what peers know of a query into the catalogue. */
  readonly askPeers: (query: ParsedQuery, signal: AbortSignal) => Promise<unknown>
}

/** A package of one publisher. */
export interface PackageKey {
  readonly identity: IdentityId
  readonly name: PackageName
}

/** How to choose: whom a spec means, what must hold of a package, and what speaks against its releases. */
export interface Choice extends Omit<Doubts, 'wasInstalled'> {
  /** `undefined`: nobody here knows the name. Throws where it is not clear who is meant, or not who may be. */
  readonly publisher: (spec: PackageSpec) => IdentityId | undefined
  /** Throws where the package may not be chosen from. */
  readonly check?: (key: PackageKey) => void
  /** The version of the release of a package that was installed last. */
  readonly installedLast?: (key: PackageKey) => Version | undefined
}

/** The release that a spec means, and all that is known of its package. */
export interface Found {
  readonly view: PackageView
  readonly chosen: ReleaseView
}

/** What more records can cure. */
const CURABLE = ['package-not-found', 'version-not-found', 'rollback'] as const

/**
 * Looks here first; where nothing fits, asks peers once and looks again. Throws `package-not-found`, `version-not-found`, `too-young`, `advised-against`,
 * `disputed`, `range-invalid`, and what the choice throws.
 */
export const findRelease = (parts: LookupParts, wish: Omit<LookUp<Found>, 'take'>, signal: AbortSignal): Promise<Found> =>
  lookUp(parts, { ...wish, take: (view, doubts) => ({ view, chosen: pickRelease(view, wish.spec.range, doubts) }) }, signal)

/** Whose package is looked at, and what is taken out of it; what `take` throws may be cured like anything else. */
export interface LookUp<T> {
  readonly spec: PackageSpec
  readonly choice: Choice
  readonly take: (view: PackageView, doubts: Doubts) => T
}

/** Takes something out of a package: as it is known here first, and where that does not do, as it is known when peers were asked. */
export const lookUp = async <T>(parts: LookupParts, wish: LookUp<T>, signal: AbortSignal): Promise<T> => {
  try {
    return lookLocally(parts, wish)
  } catch (error) {
    if (!isCurable(error) || parts.network.peers().length === 0) throw error
  }
  await parts.askPeers(parseQuery({ words: [wish.spec.name], limit: LIMITS.searchAnswerHits }), signal)
  return lookLocally(parts, wish)
}

/** Whether more records may help. */
export const isCurable = (error: unknown): boolean => CURABLE.some((code) => isGgenError(error, code))

const lookLocally = <T>({ views }: LookupParts, { spec, choice, take }: LookUp<T>): T => {
  const identity = choice.publisher(spec)
  const view = identity === undefined ? undefined : views.package(identity, spec.name)
  const key = identity && { identity, name: spec.name }
  if (key !== undefined) choice.check?.(key)
  if (view === undefined || view.releases.size === 0) throw new GgenError('package-not-found', `nobody here knows a package named ${spec.name}`)
  const wasInstalled = (version: Version): boolean => key !== undefined && choice.installedLast?.(key) === version
  return take(view, { ...choice, wasInstalled })
}
