import type { FileHandle } from 'node:fs/promises'
import { CAN_FLUSH_FOLDERS, type FileSystem } from './file-system.ts'

/**
 * Folders whose names are flushed again and again: each is opened once and stays open, because opening and closing it for every small blob takes
 * longer than writing one. For few folders; dispose to close them.
 */
export class OpenFolders implements AsyncDisposable {
  readonly #files: FileSystem
  readonly #open = new Map<string, Promise<FileHandle>>()

  constructor(files: FileSystem) {
    this.#files = files
  }

  /** Makes the names in a folder survive a power failure. Throws errors of the file system; the next call then opens the folder anew. */
  async flush(folder: string): Promise<void> {
    if (!CAN_FLUSH_FOLDERS) return
    const opening = this.#open.get(folder) ?? this.#files.open(folder, 'r')
    this.#open.set(folder, opening)
    try {
      await (await opening).sync()
    } catch (error) {
      if (this.#open.get(folder) === opening) this.#open.delete(folder)
      await close(opening)
      throw error
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const all = [...this.#open.values()]
    this.#open.clear()
    await Promise.all(all.map(close))
  }
}

/** Whether it could be opened was said to whoever wanted it flushed; nothing is written that closing could lose. */
const close = async (opening: Promise<FileHandle>): Promise<void> => {
  const [opened] = await Promise.allSettled([opening])
  if (opened.status === 'fulfilled') await Promise.allSettled([opened.value.close()])
}
