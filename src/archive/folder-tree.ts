/** A folder that is to be packed, wherever it lies. Paths are relative to it, separated by `/`; the empty path is the folder itself. */
export interface FolderTree {
  /** Everything in one folder, in any order; links are named, never followed. Throws `path-not-found`. */
  list(path: string, signal: AbortSignal): Promise<readonly TreeEntry[]>
  /** The bytes of one file as it is now. Throws `path-not-found`, and `archive-unsafe` when it is no longer a regular file. */
  open(path: string, signal: AbortSignal): AsyncIterable<Uint8Array>
}

export interface TreeEntry {
  readonly name: string
  readonly kind: 'file' | 'folder' | 'symlink' | 'other'
  /** Of files; 0 for everything else. */
  readonly sizeBytes: number
  readonly executable: boolean
}
