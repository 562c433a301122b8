import type { PackageName } from '#core'

/** A project that packages are installed into: packages below `ggen_packages/`, and one `ggen.lock` that names them. */
export interface InstallTarget {
  /** The text of `ggen.lock`; `undefined` where there is none. Throws `lock-invalid`, `denied` or `store-broken`. */
  readLock(): Promise<string | undefined>
  /**
   * Takes the project for one change, until it is disposed; first undoes or finishes what a crash left half done. Waits for another process
   * that has it. Throws `too-busy` when that takes too long, `install-blocked` when `ggen_packages` is no folder, and `path-not-found`.
   */
  enter(signal: AbortSignal): Promise<InstallSession>
}

/** The project while it is changed by nobody else. */
export interface InstallSession extends AsyncDisposable {
  /** Whether anything lies where the package belongs. */
  isOccupied(name: PackageName): Promise<boolean>
  /** A fresh, empty, private folder on the disk of the project. At most one at a time. */
  stage(): Promise<StagedFolder>
  /**
   * Puts the staged folder where the package belongs, instead of what lies there, and `lock` into `ggen.lock`: both or, after a failure or
   * a crash, neither. Throws `install-blocked`, `disk-full`, `denied` or `store-broken`.
   */
  place(name: PackageName, staged: StagedFolder, lock: string): Promise<void>
}

/** A folder that becomes a package. Disposing removes what was not placed. */
export interface StagedFolder extends AsyncDisposable {
  /** Makes a folder and those on the way; fine when it is there. Paths are safe and separated by `/`. */
  makeFolder(path: string): Promise<void>
  /** Makes a file that is not there yet, and the folders on the way. Rights are 0644 or 0755, less what the user's mask takes. */
  writeFile(path: string, executable: boolean, content: AsyncIterable<Uint8Array>): Promise<void>
}
