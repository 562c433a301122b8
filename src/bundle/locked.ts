import { GgenError } from '#core'
import { type LockedPackage as LockedRelease, parseLock } from '#flow/install'
import { type LockedPackage as LockedVersion, LOCKFILE_NAMES, parseLockfile } from '#npm/lockfiles'
import { BUNDLE_LIMITS } from './bundle-limits.ts'

/** A lock file as it was read. */
export interface Lockfile {
  /** Its path; the last part says what it is. */
  readonly path: string
  readonly text: string
}

/** What projects need, each version once. */
export interface Locked {
  /** Of npm registries; the same version twice where two files know different hashes of it. */
  readonly versions: readonly LockedVersion[]
  /** Of the network. */
  readonly releases: readonly LockedRelease[]
  /** Entries that come from no registry: git, files, links. */
  readonly leftOutCount: number
}

const OWN_LOCK = 'ggen.lock'

const isOwn = ({ path }: Lockfile): boolean => /[^/\\]*$/.exec(path)?.[0] === OWN_LOCK

/** The names of the files of which a bundle can be made. */
export const BUNDLED_LOCKS: readonly string[] = [OWN_LOCK, ...LOCKFILE_NAMES]

/** Reads what lock files of ggen, npm, pnpm, yarn and bun name. Throws `lock-invalid`, and `usage` for none or very many. */
export const readLocked = (lockfiles: readonly Lockfile[]): Locked => {
  if (lockfiles.length === 0 || lockfiles.length > BUNDLE_LIMITS.lockfiles) throw new GgenError('usage', `give 1 to ${BUNDLE_LIMITS.lockfiles} lock files`)
  const chars = lockfiles.reduce((sum, { text }) => sum + text.length, 0)
  if (chars > BUNDLE_LIMITS.lockfilesChars) throw new GgenError('usage', `the lock files have more than ${BUNDLE_LIMITS.lockfilesChars} characters`)
  const foreign = lockfiles.filter((one) => !isOwn(one)).map(({ path, text }) => parseLockfile(path, text))
  const versions = new Map<string, LockedVersion>()
  for (const locked of foreign.flatMap(({ packages }) => packages)) {
    const id = [locked.name, locked.version, locked.integrity].join(' ')
    // It is optional where every project can do without it.
    if (versions.get(id) === undefined || locked.isOptional !== true) versions.set(id, locked)
  }
  const own = lockfiles.filter(isOwn).flatMap(({ text }) => parseLock(text))
  const releases = new Map(own.map((locked) => [[locked.name, locked.version, locked.identity ?? locked.source, locked.digest].join(' '), locked]))
  if (versions.size + releases.size > BUNDLE_LIMITS.packages) throw new GgenError('usage', `the lock files name more than ${BUNDLE_LIMITS.packages} packages`)
  return { versions: [...versions.values()], releases: [...releases.values()], leftOutCount: foreign.reduce((sum, { leftOutCount }) => sum + leftOutCount, 0) }
}
