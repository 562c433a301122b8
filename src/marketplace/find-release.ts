import { GgenError, type IdentityId, isGgenError, type PackageName, type PackageSpec, type Version } from '#core'
import { type Doubts, pickRelease } from '#flow/resolve'
import type { PackageViews } from '#flow/verify'
import type { PackageView, ReleaseView } from '#trust'
import { type Inquiry, type NameQuestion, Trail } from './inquiry.ts'

export interface LookupParts {
  readonly views: PackageViews
  /** Brings what others know of a name into the catalogue. */
  readonly inquiry: Asking
}

/** How others are asked, until what is known here does. */
export type Asking = Pick<Inquiry, 'ask'>

/** Who is asked when nobody may be. */
export const NOBODY: Asking = Object.freeze({ ask: async ({ isEnough }: NameQuestion) => void (await isEnough()) })

/** Lets something be found out each time before it is looked whether what is known does. */
export const afterFinding = (inquiry: Asking, find: () => Promise<void>): Asking => ({
  ask: (question, signal) => {
    const isEnough = async (): Promise<boolean> => {
      await find()
      return await question.isEnough()
    }
    return inquiry.ask({ ...question, isEnough }, signal)
  },
})

/** Asks all for a name, whatever is known or remembered of it. */
export const askEverybody = (inquiry: Asking, name: PackageName, signal: AbortSignal): Promise<void> =>
  inquiry.ask({ name, trail: new Trail(), isEnough: async () => false }, signal)

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
 * Asks those who come first, then looks here; where nothing fits, asks the others once and looks again. What is then missing is told with why those who
 * could not be asked could not. Throws `package-not-found`, `version-not-found`, `too-young`, `advised-against`,
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

/**
 * Takes something out of a package: as it is known when those who come first were asked, and where that does not do, when the others were asked, too.
 */
export const lookUp = async <T>(parts: LookupParts, wish: LookUp<T>, signal: AbortSignal): Promise<T> => {
  const { inquiry } = parts
  const trail = new Trail()
  await inquiry.ask({ name: wish.spec.name, trail, isEnough: async () => isKnown(parts, wish) }, signal)
  try {
    return lookLocally(parts, wish)
  } catch (error) {
    throw trail.explain(error)
  }
}

/** Whatever else speaks against a release: more records do not change it. */
const isKnown = <T>(parts: LookupParts, wish: LookUp<T>): boolean => {
  try {
    lookLocally(parts, wish)
    return true
  } catch (error) {
    if (!isGgenError(error)) throw error
    return !isCurable(error)
  }
}

/** Whether more records may help. */
export const isCurable = (error: unknown): boolean => CURABLE.some((code) => isGgenError(error, code))

const lookLocally = <T>({ views }: LookupParts, { spec, choice, take }: LookUp<T>): T => {
  const identity = choice.publisher(spec)
  const view = identity === undefined ? undefined : views.package(identity, spec.name)
  const key = identity && { identity, name: spec.name }
  if (key !== undefined) choice.check?.(key)
  if (view === undefined || (view.releases.size === 0 && view.suspended.length === 0)) {
    throw new GgenError('package-not-found', `nobody here knows a package named ${spec.name}`)
  }
  const wasInstalled = (version: Version): boolean => key !== undefined && choice.installedLast?.(key) === version
  return take(view, { ...choice, wasInstalled })
}
