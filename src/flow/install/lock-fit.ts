import type { PackageName } from '#core'
import satisfies from 'semver/functions/satisfies.js'
import type { Lock, LockedDependency } from './lock-file.ts'

/** One way in which a lock is not what a project asks for, in words: `a ^2 is wanted, and ggen.lock has 1.0.0`. */
export type Misfit = string

/**
 * What keeps a lock from being installed as it is: packages that are wanted (by the lock itself, by `manifest`, or by another package) and are
 * not there in a version that fits, and packages that nobody wants. Empty: it fits.
 */
export const misfitsOf = (lock: Lock, manifest: readonly LockedDependency[] = []): readonly Misfit[] => {
  const versions = new Map(lock.map(({ name, version }) => [name, version]))
  const wanted = wantedBy(lock, manifest)
  const needs = [
    ...wanted.map((need) => ({ ...need, by: 'the project' })),
    ...lock.flatMap(({ name: by, dependencies }) => dependencies.map((need) => ({ ...need, by }))),
  ]
  const missing = needs.flatMap(({ name, range, by }) => {
    const version = versions.get(name)
    if (version !== undefined && isInRange(version, range)) return []
    return [`${by} wants ${name} ${range}, and ggen.lock has ${version ?? 'none'}`]
  })
  const reached = reachedFrom(lock, wanted.map(({ name }) => name))
  const idle = lock.filter(({ name }) => !reached.has(name)).map(({ name }) => `nothing wants ${name}, and ggen.lock has it`)
  return [...missing, ...idle]
}

/** What the project itself asks for: what a manifest says of a name goes before what the lock remembers. Sorted by name. */
export const wantedBy = (lock: Lock, manifest: readonly LockedDependency[]): readonly LockedDependency[] => {
  const remembered = lock.flatMap(({ name, wanted }): LockedDependency[] => (wanted === undefined ? [] : [{ name, range: wanted }]))
  const all = new Map([...remembered, ...manifest].map((need) => [need.name, need]))
  return [...all.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1))
}

/** These packages of a lock, and all that they need, directly or not. */
export const reachedFrom = (lock: Lock, names: readonly PackageName[]): ReadonlySet<PackageName> => {
  const dependencies = new Map(lock.map((one) => [one.name, one.dependencies]))
  const reached = new Set<PackageName>()
  const open = [...names]
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    const needs = dependencies.get(name)
    if (needs === undefined || reached.has(name)) continue
    reached.add(name)
    open.push(...needs.map((need) => need.name))
  }
  return reached
}

/** Whether a version is in a range. `*` takes whatever there is, also where there are pre-releases only. */
export const isInRange = (version: string, range: string): boolean => range === '*' || satisfies(version, range)
