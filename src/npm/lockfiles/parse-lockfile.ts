import { GgenError } from '#core'
import { readBunLock } from './bun-lock.ts'
import type { LockedEntry, LockedPackage, LockfileFault } from './locked-package.ts'
import { LOCKFILE_LIMITS } from './lockfile-limits.ts'
import { readPackageLock } from './package-lock.ts'
import { readPnpmLock } from './pnpm-lock.ts'
import { isYarnBerryLock, readYarnBerryLock } from './yarn-berry-lock.ts'
import { readYarnClassicLock } from './yarn-classic-lock.ts'

export type LockfileFormat = 'npm' | 'pnpm' | 'yarn-classic' | 'yarn-berry' | 'bun'

export interface LockfileContents {
  readonly format: LockfileFormat
  /** Each once, in the order of the file. */
  readonly packages: readonly LockedPackage[]
  /** Entries that come from no registry: git, files, links, workspaces, and what lies in the archive of another package. */
  readonly leftOutCount: number
}

type Reader = (text: string, fault: LockfileFault) => readonly LockedEntry[]

const READERS: Readonly<Record<LockfileFormat, Reader>> = {
  npm: readPackageLock, pnpm: readPnpmLock, 'yarn-classic': readYarnClassicLock, 'yarn-berry': readYarnBerryLock, bun: readBunLock,
}

const FORMATS: ReadonlyMap<string, (text: string) => LockfileFormat> = new Map([
  ['npm-shrinkwrap.json', (): LockfileFormat => 'npm'],
  ['package-lock.json', (): LockfileFormat => 'npm'],
  ['pnpm-lock.yaml', (): LockfileFormat => 'pnpm'],
  ['yarn.lock', (text: string): LockfileFormat => (isYarnBerryLock(text) ? 'yarn-berry' : 'yarn-classic')],
  ['bun.lock', (): LockfileFormat => 'bun'],
])

/** The names of the files that can be read; where several lie in one folder, the first counts, as with npm. */
export const LOCKFILE_NAMES: readonly string[] = [...FORMATS.keys()]

/** Packages that lie in several folders are one; it is optional where all of them are. */
const each = (entries: readonly LockedEntry[]): readonly LockedPackage[] => {
  const found = new Map<string, LockedPackage>()
  for (const entry of entries) {
    if (entry === undefined) continue
    const id = [entry.name, entry.version, entry.integrity, entry.resolved].join(' ')
    if (found.get(id) === undefined || entry.isOptional !== true) found.set(id, entry)
  }
  return [...found.values()]
}

const HINTS: ReadonlyMap<string, string> = new Map([['bun.lockb', 'bun writes the text form with: bun install --save-text-lockfile']])

/**
 * Reads which packages a lock file takes from registries. The name, with or without folders, says what it is. Throws `lock-invalid`, naming the file: it is of
 * another kind or version, damaged, or larger than `LOCKFILE_LIMITS`.
 */
export const parseLockfile = (fileName: string, text: string): LockfileContents => {
  const base = /[^/\\]*$/.exec(fileName)?.[0] ?? ''
  const hint = HINTS.get(base) ?? `make it again with the client that wrote it; what can be read is ${LOCKFILE_NAMES.join(', ')}`
  const fault: LockfileFault = (what, cause) => new GgenError('lock-invalid', `${fileName}: ${what}`, { hint, ...(cause !== undefined && { cause }) })
  const formatOf = FORMATS.get(base)
  if (formatOf === undefined) throw fault('not the name of a lock file that can be read')
  if (text.length > LOCKFILE_LIMITS.fileChars) throw fault(`it is larger than ${LOCKFILE_LIMITS.fileChars} characters`)
  const format = formatOf(text)
  const entries = READERS[format](text, fault)
  const packages = each(entries)
  if (packages.length > LOCKFILE_LIMITS.packages) throw fault(`it has more than ${LOCKFILE_LIMITS.packages} packages`)
  return { format, packages, leftOutCount: entries.filter((entry) => entry === undefined).length }
}
