import { type LockedPackage, withPackage } from './lock-file.ts'
import { changeProject } from './change-project.ts'
import type { InstallTarget } from './install-target.ts'
import type { VerifiedArchive } from './verified-archive.ts'

/** Installs one package as the project's own wish, and nothing that it needs. Throws what `changeProject` throws. */
export const installPackage = async (archive: VerifiedArchive, target: InstallTarget, signal: AbortSignal): Promise<void> => {
  const locked: LockedPackage = { ...archive.release, wanted: `^${archive.release.version}`, dependencies: [] }
  await changeProject({ archives: [archive], lockAfter: (before) => withPackage(before, locked) }, target, signal)
}
