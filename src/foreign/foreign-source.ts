import type { GgenError, PackageName } from '#core'
import type { ForeignVersion } from './foreign-index.ts'

/** Where an index and its archives come from. What it gives is believed only as far as digests go. */
export interface ForeignSource {
  /** What names it on this machine, whichever of its files was given: an address without index.json, query and fragment. */
  readonly home: string
  /** What others may be told of it: its address on the web, or the name of a folder, never a path of this machine. */
  readonly shownAs: string
  /**
   * The index as it lies there. Throws `path-not-found` where there is none, `index-invalid` for more than one may have, and `peer-unreachable`, `timeout`,
   * `denied`.
   */
  readIndex(signal: AbortSignal): Promise<FoundIndex>
  /** What it said when it was read last, as far as that is known without asking anybody. Throws what reading throws. */
  recall(): Promise<FoundIndex | undefined>
  /** The archive of a version, unchecked and as it lies there; its bytes may end with the same errors. Throws `blob-not-found` where there is none. */
  openArchive(name: PackageName, version: ForeignVersion, signal: AbortSignal): Promise<AsyncIterable<Uint8Array>>
}

export interface FoundIndex {
  readonly bytes: Uint8Array
  /** Where it lay; its relative addresses begin there. */
  readonly at: URL
  /** Unix milliseconds: the source was not asked, or did not answer, and this is what it said then. */
  readonly asOf?: number
  /** Why it did not answer. */
  readonly because?: GgenError
}
