import { type ArchiveEntry, ManifestFinder, readArchive } from '#archive'
import { type ErrorCode, GgenError, isGgenError, type PackageName } from '#core'
import type { InstallSession, InstallTarget, StagedFolder } from './install-target.ts'
import { formatLock, type Lock, parseLock, withPackage } from './lock-file.ts'
import { SignedBytes } from './signed-bytes.ts'
import { unpack } from './unpack.ts'
import type { SignedRelease, VerifiedArchive } from './verified-archive.ts'

/**
 * Makes files of a verified archive and names it in `ggen.lock`, instead of another version where there is one. Size and both hashes are checked
 * again, and name and version inside; only then does anything become visible. Runs no scripts. Throws `integrity`, `archive-unsafe`,
 * `archive-broken`, `archive-too-large`, `install-blocked`, `lock-invalid`, and what the chunks and the target throw.
 */
export const installPackage = async (archive: VerifiedArchive, target: InstallTarget, signal: AbortSignal): Promise<void> => {
  const { name } = archive.release
  await using session = await target.enter(signal)
  const text = await target.readLock()
  const lock = text === undefined ? [] : parseLock(text)
  refuseNested(lock, name)
  refuseOtherPublisher(lock, archive.release)
  await refuseForeign(session, lock, name)
  await using staged = await session.stage()
  await unpackSigned(archive, staged, signal)
  signal.throwIfAborted()
  await session.place(name, staged, formatLock(withPackage(lock, archive.release)))
}

/** `a/b` would lie inside the package `a`, and leave with it. */
const refuseNested = (lock: Lock, name: PackageName): void => {
  const other = lock.find((entry) => entry.name.startsWith(`${name}/`) || name.startsWith(`${entry.name}/`))
  if (other !== undefined) throw blocked(name, `${name} and ${other.name}, which is installed, cannot be in one project: one would lie inside the other`)
}

/** The lock is a pin: whoever published what is installed publishes what comes after it. */
const refuseOtherPublisher = (lock: Lock, { name, identity }: SignedRelease): void => {
  const pinned = lock.find((entry) => entry.name === name)
  if (pinned === undefined || pinned.identity === identity) return
  throw new GgenError('identity-changed', `${name} of this project is published by ${pinned.identity}; the one to be installed is of ${identity}`, {
    hint: `if the author confirms the change, remove ${name} from ggen.lock and ggen_packages, and install it again`,
    details: { name, pinned: pinned.identity, offered: identity },
  })
}

const refuseForeign = async (session: InstallSession, lock: Lock, name: PackageName): Promise<void> => {
  if (lock.some((entry) => entry.name === name) || !(await session.isOccupied(name))) return
  throw blocked(name, `ggen_packages/${name} is there, but ggen did not install it: ggen.lock does not name it`)
}

const blocked = (name: PackageName, message: string): GgenError => new GgenError('install-blocked', message, { details: { name } })

async function unpackSigned(archive: VerifiedArchive, folder: StagedFolder, signal: AbortSignal): Promise<void> {
  await using bytes = new SignedBytes(archive)
  const finder = new ManifestFinder()
  try {
    await unpack(watched(readArchive(bytes.read(), { signal }), finder), folder, signal)
  } catch (error) {
    if (isArchiveFault(error)) await bytes.check(error)
    throw error
  }
  await bytes.check()
  refuseOther(archive.release, finder)
}

/** Whose fault a bad archive is depends on its bytes: changed on the way, or signed as they are. */
const ARCHIVE_FAULTS: ReadonlySet<ErrorCode> = new Set(['archive-unsafe', 'archive-broken', 'archive-too-large', 'manifest-invalid'])

const isArchiveFault = (error: unknown): boolean => isGgenError(error) && ARCHIVE_FAULTS.has(error.code)

async function* watched(entries: AsyncIterable<ArchiveEntry>, finder: ManifestFinder): AsyncGenerator<ArchiveEntry> {
  for await (const entry of entries) yield finder.watch(entry)
}

const MANIFEST_FAULTS: ReadonlySet<ErrorCode> = new Set(['manifest-missing', 'manifest-invalid', 'name-invalid', 'version-invalid'])

const refuseOther = ({ name, version }: SignedRelease, finder: ManifestFinder): void => {
  try {
    const inside = finder.finish()
    if (inside.name === name && inside.version === version) return
    throw new GgenError('integrity', `the archive of ${name}@${version} says that it is ${inside.name}@${inside.version}`, { details: { name, version } })
  } catch (error) {
    if (!isGgenError(error) || !MANIFEST_FAULTS.has(error.code)) throw error
    const message = `the archive of ${name}@${version} does not say what it is: ${error.message}`
    throw new GgenError('integrity', message, { cause: error, details: { name, version } })
  }
}
