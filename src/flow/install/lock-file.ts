import type { PackageName } from '#core'
import type { VouchedRelease } from './verified-archive.ts'

/** What one package of a project needs of another one that is there too. */
export interface LockedDependency {
  readonly name: PackageName
  /** A SemVer range, with single spaces. */
  readonly range: string
}

/** A package as `ggen.lock` names it: its exact bytes, who answers for them, and why it is there. */
export type LockedPackage = VouchedRelease & {
  /** The range that the project itself asked for; absent where only other packages need it. */
  readonly wanted?: string
  /** Sorted by name, each name once. */
  readonly dependencies: readonly LockedDependency[]
}

/** The packages that a project has, sorted by name, each name once. */
export type Lock = readonly LockedPackage[]

const HEAD = '# Written by ggen; keep it under version control.\nversion = 2\n'

/** The text of `ggen.lock`: one block per package and one line per fact, sorted, so that two branches merge line by line. */
export const formatLock = (lock: Lock): string => HEAD + lock.toSorted(byName).map(formatBlock).join('')

/** The lock with one package instead of what it had under that name. */
export const withPackage = (lock: Lock, fresh: LockedPackage): Lock => [...lock.filter(({ name }) => name !== fresh.name), fresh].toSorted(byName)

/** The order of a lock, and of what a package depends on. */
export const byName = (a: { readonly name: PackageName }, b: { readonly name: PackageName }): number => (a.name < b.name ? -1 : 1)

const formatBlock = (locked: LockedPackage): string => {
  const { name, version, digest, sha512, sizeBytes, wanted, dependencies } = locked
  const facts: readonly (readonly [key: string, value: string])[] = [
    ['name', quoted(name)],
    ['version', quoted(version)],
    locked.identity === undefined ? ['source', quoted(locked.source)] : ['identity', quoted(locked.identity)],
    ['digest', quoted(digest)],
    ['sha512', quoted(`sha512-${Buffer.from(sha512, 'hex').toString('base64')}`)],
    ['size', String(sizeBytes)],
    ...(wanted === undefined ? [] : [['wanted', quoted(wanted)] as const]),
    ...(dependencies.length === 0 ? [] : [['dependencies', listed(dependencies)] as const]),
  ]
  return `\n[[package]]\n${facts.map(([key, value]) => `${key} = ${value}\n`).join('')}`
}

const listed = (dependencies: readonly LockedDependency[]): string =>
  `[\n${dependencies.toSorted(byName).map(({ name, range }) => `  ${quoted(`${name}@${range}`)},\n`).join('')}]`

/** Every text of a lock is printable ASCII, where JSON and TOML quote alike. */
const quoted = (text: string): string => JSON.stringify(text)
