/** One file or folder of an archive. */
export interface ArchiveEntry {
  /** Below the root folder, separated by `/`, safe on every platform. */
  readonly path: string
  readonly kind: 'file' | 'folder'
  readonly executable: boolean
  readonly sizeBytes: number
  /** Can be read once, before the next entry is asked for; empty for folders. */
  readonly content: AsyncIterable<Uint8Array>
}

/** One file to pack. */
export interface PackFile {
  /** Below the root folder, separated by `/`. */
  readonly path: string
  readonly executable: boolean
  readonly sizeBytes: number
  content(): AsyncIterable<Uint8Array>
}
