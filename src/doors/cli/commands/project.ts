import type { Dependency, Digest, PackageName } from '#core'
import type { FileDifference, Lock, ProjectChange, VerifiedArchive } from '#flow/install'

/** The project of one folder, as commands see it. Nothing is opened before it is asked for. */
export interface Project {
  /** What it has and what it asks for. Throws `lock-invalid`, `manifest-invalid`, `denied` and `store-broken`. */
  read(): Promise<ProjectState>
  /** Makes all of a change, or nothing of it; resolves to the lock afterwards. Throws what `changeProject` throws. */
  change(change: ProjectChange, signal: AbortSignal): Promise<Lock>
  /** What is different between the files of a package and its archive. Throws what `compareFiles` throws, but for `path-not-found`. */
  compare(archive: VerifiedArchive, signal: AbortSignal): Promise<readonly FileDifference[]>
}

export interface ProjectState {
  /** Empty where there is no `ggen.lock`. */
  readonly lock: Lock
  readonly isLocked: boolean
  /** The manifest of the project and what it asks for, where there is one that asks for something. */
  readonly manifest?: { readonly file: string; readonly needs: readonly Dependency[] }
  /** What was put in place and lies there still, by its archive. */
  readonly inPlace: ReadonlyMap<PackageName, Digest>
  /** The absolute path where a package belongs. */
  readonly pathOf: (name: PackageName) => string
}
