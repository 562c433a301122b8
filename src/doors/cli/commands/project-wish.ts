import { type DependencyKind, GgenError, type IdentityId, isVersion, type PackageName, type PackageSpec } from '#core'
import type { PlannedPackageReply, PlanQuestion, PlanReply } from '#doors/control'
import { type LockedDependency, type LockedPackage, wantedBy } from '#flow/install'
import type { ProjectState } from './project.ts'

/** What a project is to have, by name: what it asks for, and what its user asks for. */
export type Wishes = ReadonlyMap<PackageName, Wish>

export interface Wish extends LockedDependency {
  readonly kind: DependencyKind
  /** The publisher that the user names. */
  readonly identity?: IdentityId
  /** `lock`: what `ggen.lock` remembers · `manifest`: what a file of the project says · `user`: what is asked for besides. */
  readonly by: 'lock' | 'manifest' | 'user'
}

const ANY = '*'

/**
 * What a project asks for, and what its user asks for besides. Throws `usage` where the user asks for other versions than the manifest: there it has to be
 * changed.
 */
export const wishesOf = ({ lock, manifest }: ProjectState, specs: readonly PackageSpec[]): Wishes => {
  const said = new Map(manifest?.needs.map((need) => [need.name, need]))
  const asked = wantedBy(lock, manifest?.needs ?? []).map((need): Wish => {
    const needed = said.get(need.name)
    return needed === undefined ? { ...need, kind: 'needed', by: 'lock' } : { ...needed, by: 'manifest' }
  })
  const wishes = new Map(asked.map((wish) => [wish.name, wish]))
  for (const { name, range, identity } of specs) {
    const needed = said.get(name)
    if (needed !== undefined && range !== undefined && range !== needed.range) {
      throw new GgenError('usage', `${manifest?.file} asks for ${name} ${needed.range}`, { hint: `change it there, and run: ggen install`, details: { name } })
    }
    const owner = identity === undefined ? {} : { identity }
    wishes.set(name, needed === undefined ? { name, range: range ?? ANY, kind: 'needed', by: 'user', ...owner } : { ...needed, by: 'manifest', ...owner })
  }
  return wishes
}

/** The same for who plans. `trust`: publishers that the user chose. */
export const wantedOf = (wishes: Wishes, trust: ReadonlyMap<PackageName, IdentityId>): PlanQuestion['wanted'] =>
  [...wishes.values()].map(({ name, range, identity, kind }) => {
    const chosen = trust.get(name)
    return {
      spec: `${identity === undefined ? '' : `@${identity}/`}${name}${range === ANY ? '' : `@${range}`}`,
      ...(chosen !== undefined && { trust: chosen }),
      ...(kind === 'optional' && { optional: true }),
    }
  })

/** The lock that a plan leads to. */
export const lockOf = ({ packages }: PlanReply, wishes: Wishes): readonly LockedPackage[] => packages.map((one) => lockedOf(one, wishes.get(one.name)))

const lockedOf = ({ name, version, identity, source, digest, sha512, sizeBytes, dependencies }: PlannedPackageReply, wish: Wish | undefined): LockedPackage => {
  const wanted = wish === undefined ? undefined : wantedRange(wish, version)
  const needs = dependencies.filter((need) => need.version !== undefined).map((need) => ({ name: need.name, range: oneLine(need.range) }))
  const voucher = identity === undefined ? { source } : { identity }
  return { name, version, ...voucher, digest, sha512, sizeBytes, ...(wanted !== undefined && { wanted }), dependencies: needs }
}

/** Whoever asks for no version in particular takes those that are made to replace the one that was found. What a manifest says stays there. */
const wantedRange = ({ by, range }: Wish, version: string): string | undefined => {
  if (by === 'manifest') return undefined
  if (by === 'user' && (range === ANY || range === 'latest')) return `^${version}`
  return isVersion(range) ? range : oneLine(range)
}

const oneLine = (range: string): string => range.trim().replaceAll(/\s+/g, ' ') || ANY
