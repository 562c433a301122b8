import { type ArchiveEntry, ManifestFinder, readArchive } from '#archive'
import { type ErrorCode, GgenError, isGgenError } from '#core'
import type { StagedFolder } from './install-target.ts'
import { SignedBytes } from './signed-bytes.ts'
import { unpack } from './unpack.ts'
import type { VerifiedArchive, VouchedRelease } from './verified-archive.ts'

/**
 * Makes files of an archive in an empty folder. Size and both hashes are checked again, and name and version inside; until then nothing of it may be
 * used. Throws `integrity`, `archive-unsafe`, `archive-broken`, `archive-too-large`, and what the chunks and the folder throw.
 */
export async function unpackSigned(archive: VerifiedArchive, folder: StagedFolder, signal: AbortSignal): Promise<void> {
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

const refuseOther = ({ name, version }: VouchedRelease, finder: ManifestFinder): void => {
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
