import { type ArchiveEntry, checkPath } from '#archive'
import type { StagedFolder } from './install-target.ts'

/** Makes files and folders of the entries. Nothing is executed. Throws `archive-unsafe`, what the entries throw and what the folder throws. */
export const unpack = async (entries: AsyncIterable<ArchiveEntry>, folder: StagedFolder, signal: AbortSignal): Promise<void> => {
  for await (const { path, kind, executable, content } of entries) {
    signal.throwIfAborted()
    checkPath(path)
    if (kind === 'folder') await folder.makeFolder(path)
    else await folder.writeFile(path, executable, content)
  }
}
