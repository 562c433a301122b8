import { GgenError, type PackageName } from '#core'
import type { InstallSession, InstallTarget, StagedPackage } from './install-target.ts'
import { formatLock, type Lock } from './lock-file.ts'
import { parseLock } from './parse-lock.ts'
import { unpackSigned } from './unpack-signed.ts'
import type { VerifiedArchive, VouchedRelease } from './verified-archive.ts'

/** Archives that are unpacked at a time: while one waits for the disk, another is hashed. */
const UNPACKED_AT_ONCE = 4

/** What is to become of a project. */
export interface ProjectChange {
  /** Everything that is to be unpacked; each is read once. */
  readonly archives: readonly VerifiedArchive[]
  /** The lock afterwards, given the one before. What it throws is passed on, and nothing is changed. */
  readonly lockAfter: (before: Lock) => Lock
}

/**
 * Makes files of verified archives, removes what the new lock does not name any more, and writes `ggen.lock`: all of it, or nothing. Every byte is
 * verified again before anything becomes visible. Runs no scripts. Throws `integrity`, `archive-unsafe`, `archive-broken`, `archive-too-large`,
 * `identity-changed`, `install-blocked`, `lock-invalid`, and what the chunks and the target throw.
 */
export const changeProject = async ({ archives, lockAfter }: ProjectChange, target: InstallTarget, signal: AbortSignal): Promise<Lock> => {
  await using session = await target.enter(signal)
  const text = await target.readLock()
  const before = text === undefined ? [] : parseLock(text)
  const after = lockAfter(before)
  const releases = archives.map(({ release }) => release)
  assertAccounted(before, after, releases)
  refuseNested([...before, ...after])
  for (const release of releases) {
    refuseOtherPublisher(before, release)
    await refuseForeign(session, before, release.name)
  }
  await using staging = new AsyncDisposableStack()
  const placed = await stageAll(archives, { session, staging }, signal)
  signal.throwIfAborted()
  const kept = new Set(after.map(({ name }) => name))
  await session.apply({ placed, removed: before.map(({ name }) => name).filter((name) => !kept.has(name)), lock: formatLock(after) })
  return after
}

/** A lock names nothing that is not there: what is new in it comes with this change. */
const assertAccounted = (before: Lock, after: Lock, releases: readonly VouchedRelease[]): void => {
  const known = new Set([...before, ...releases].map(({ name, version, digest }) => `${name}@${version} ${digest}`))
  const missing = after.find(({ name, version, digest }) => !known.has(`${name}@${version} ${digest}`))
  if (missing !== undefined) throw new Error(`the lock would name ${missing.name}@${missing.version}, whose archive did not come`)
  const named = new Set(after.map(({ name }) => name))
  const idle = releases.find(({ name }) => !named.has(name))
  if (idle !== undefined) throw new Error(`the lock would not name ${idle.name}, which is to be installed`)
}

/** `a/b` would lie inside the package `a`, and leave with it. */
const refuseNested = (lock: Lock): void => {
  const names = new Set(lock.map(({ name }) => name))
  for (const name of names) {
    const outer = name.slice(0, Math.max(0, name.indexOf('/'))) as PackageName
    if (names.has(outer)) throw blocked(name, `${outer} and ${name} cannot be in one project: one would lie inside the other`)
  }
}

/** The lock is a pin: whoever answers for what is installed answers for what comes after it. */
const refuseOtherPublisher = (lock: Lock, release: VouchedRelease): void => {
  const { name } = release
  const locked = lock.find((entry) => entry.name === name)
  const [pinned, offered] = [locked && (locked.identity ?? locked.source), release.identity ?? release.source]
  if (pinned === undefined || pinned === offered) return
  throw new GgenError('identity-changed', `${name} of this project is published by ${pinned}; the one to be installed is of ${offered}`, {
    hint: `if the author confirms the change: ggen remove ${name}, and install it again`,
    details: { name, pinned, offered },
  })
}

const refuseForeign = async (session: InstallSession, lock: Lock, name: PackageName): Promise<void> => {
  if (lock.some((entry) => entry.name === name) || !(await session.isOccupied(name))) return
  throw blocked(name, `ggen_packages/${name} is there, but ggen did not install it: ggen.lock does not name it`)
}

const blocked = (name: PackageName, message: string): GgenError => new GgenError('install-blocked', message, { details: { name } })

/** Unpacks all; the first failure ends the others. */
async function stageAll(
  archives: readonly VerifiedArchive[], { session, staging }: { readonly session: InstallSession; readonly staging: AsyncDisposableStack }, signal: AbortSignal,
): Promise<ReadonlyMap<PackageName, StagedPackage>> {
  const failure = new AbortController()
  const either = AbortSignal.any([signal, failure.signal])
  const placed = new Map<PackageName, StagedPackage>()
  const queue = archives.values()
  const work = async (): Promise<void> => {
    for (const archive of queue) {
      either.throwIfAborted()
      const { name, digest } = archive.release
      const staged = staging.use(await session.stage())
      await unpackSigned(archive, staged, either)
      placed.set(name, { staged, digest })
    }
  }
  const workers = Array.from({ length: Math.min(UNPACKED_AT_ONCE, archives.length) }, async () => await work().catch((error: unknown) => failure.abort(error)))
  await Promise.all(workers)
  failure.signal.throwIfAborted()
  return placed
}
