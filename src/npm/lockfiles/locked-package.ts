import type { GgenError } from '#core'
import { type Integrity, isNpmName, isNpmVersion, type NpmName, type NpmVersion, parseIntegrity } from '#npm'
import { LOCKFILE_LIMITS } from './lockfile-limits.ts'
import type { Table } from './table.ts'

/** One package that a lock file takes from a registry. */
export interface LockedPackage {
  /** Its own, also where the project calls it otherwise. */
  readonly name: NpmName
  readonly version: NpmVersion
  /** Absent: the file does not say, as never with yarn 2 and later, whose checksums are of archives of their own. */
  readonly integrity?: Integrity
  /** Where its archive was: http or https, without a fragment, a user or a password. */
  readonly resolved?: string
  /** An install may do without it, as on a system that it is not for. */
  readonly isOptional?: boolean
}

/** An entry as it was read; `undefined`: one that comes from no registry (git, a file, a link, a workspace, the archive of another), and is left out. */
export type LockedEntry = LockedPackage | undefined

/** Makes the error that says what is wrong with the file at hand. */
export type LockfileFault = (what: string, cause?: unknown) => GgenError

/** What a file says of one entry. */
export interface WrittenEntry {
  readonly name: string
  readonly version: string
  readonly integrity?: string | undefined
  readonly resolved?: string | undefined
  readonly isOptional?: boolean
}

/** An address of an archive without what nobody else may see or needs; `undefined` where it is none of the web. */
export const webAddress = (text: string | undefined): string | undefined => {
  if (text === undefined || text.length > LOCKFILE_LIMITS.addressChars || !/^https?:\/\//i.test(text)) return undefined
  const url = URL.parse(text)
  if (url === null) return undefined
  const [bare = ''] = text.split('#', 1)
  if (url.username === '' && url.password === '') return bare
  url.username = ''
  url.password = ''
  url.hash = ''
  return url.href
}

/** Checks what a file says of an entry. One without a name or version that a registry could know is left out; a broken integrity is a fault. */
export const lockedEntry = ({ name, version, integrity, resolved, isOptional = false }: WrittenEntry, fault: LockfileFault): LockedEntry => {
  if (!isNpmName(name) || !isNpmVersion(version)) return undefined
  const address = webAddress(resolved)
  const said = { name, version, ...(address !== undefined && { resolved: address }), ...(isOptional && { isOptional }) }
  if (integrity === undefined || integrity === '') return said
  try {
    return { ...said, integrity: parseIntegrity(integrity) }
  } catch (cause) {
    throw fault(`the integrity of ${name}@${version} is broken`, cause)
  }
}

/** `name@what` taken apart at the sign that is not that of a scope; `undefined` where there is none. */
export const splitAt = (text: string): readonly [name: string, what: string] | undefined => {
  const at = text.indexOf('@', 1)
  return at === -1 ? undefined : [text.slice(0, at), text.slice(at + 1)]
}

/** Whether a package that describes itself so is for some systems alone: those that have another do without it. */
export const isForSomeSystems = (about: Table): boolean => ['os', 'cpu', 'libc'].some((key) => Object.hasOwn(about, key))
