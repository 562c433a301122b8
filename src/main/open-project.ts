import type { Project, ProjectState } from '#doors/cli'
import { changeProject, compareFiles, type FileDifference, parseLock } from '#flow/install'
import { diskFolder, diskInstall, packageFolder, packagePath, placesOf, readLockText, readManifestNeeds } from '#project'

/** Elsewhere files have no right to be executed. */
const HAS_RIGHTS = process.platform !== 'win32'

/** The project of an absolute folder on disk. */
export const openProject = (folder: string): Project => {
  const places = placesOf(folder)
  const target = diskInstall(folder)
  const read = async (): Promise<ProjectState> => {
    const text = await readLockText(places)
    const manifest = await readManifestNeeds(folder)
    return {
      lock: text === undefined ? [] : parseLock(text),
      isLocked: text !== undefined,
      ...(manifest !== undefined && { manifest }),
      inPlace: await target.inPlace(),
      pathOf: (name) => packagePath(places, name),
    }
  }
  const compare: Project['compare'] = async (archive, signal): Promise<readonly FileDifference[]> => {
    const path = packagePath(places, archive.release.name)
    const there = await packageFolder(places, archive.release.name)
    if (there !== 'folder') return [{ path: '', what: there }]
    return await compareFiles(archive, diskFolder(path), { hasRights: HAS_RIGHTS, signal })
  }
  return { read, change: async (change, signal) => await changeProject(change, target, signal), compare }
}
