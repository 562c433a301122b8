import type { Digest, PackageName } from '#core'

/** A project that packages are installed into: packages below `ggen_packages/`, and one `ggen.lock` that names them. */
export interface InstallTarget {
  /** The text of `ggen.lock`; `undefined` where there is none. Throws `lock-invalid`, `denied` or `store-broken`. */
  readLock(): Promise<string | undefined>
  /**
   * What was put in place here and lies there still, by the digest of its archive; changed files inside are not looked at. Never names what came into
   * the folder in another way. Throws `denied` or `store-broken`.
   */
  inPlace(): Promise<ReadonlyMap<PackageName, Digest>>
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
  /** A fresh, empty, private folder on the disk of the project. */
  stage(): Promise<StagedFolder>
  /**
   * Makes all of a change or, after a failure or a crash, nothing of it. Throws `install-blocked`, `disk-full`, `denied` or `store-broken`. May be
   * called once.
   */
  apply(change: StagedChange): Promise<void>
}

/** What is to become of a project. A package is placed or removed, not both. */
export interface StagedChange {
  /** Folders that are put where their package belongs, instead of what lies there. */
  readonly placed: ReadonlyMap<PackageName, StagedPackage>
  /** Packages whose folders go. */
  readonly removed: readonly PackageName[]
  /** The text of `ggen.lock`. */
  readonly lock: string
}

export interface StagedPackage {
  readonly staged: StagedFolder
  /** Of the archive that it was unpacked from. */
  readonly digest: Digest
}

/** A folder that becomes a package. Disposing removes what was not placed. */
export interface StagedFolder extends AsyncDisposable {
  /** Makes a folder and those on the way; fine when it is there. Paths are safe and separated by `/`. */
  makeFolder(path: string): Promise<void>
  /** Makes a file that is not there yet, and the folders on the way. Rights are 0644 or 0755, less what the user's mask takes. */
  writeFile(path: string, executable: boolean, content: AsyncIterable<Uint8Array>): Promise<void>
}
