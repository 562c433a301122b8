import type { Digest, Sha512 } from '#core'

/** An archive of an npm package that stays here. */
export interface KeptArchive {
  readonly digest: Digest
  readonly sha512: Sha512
  readonly sizeBytes: number
}

/** All archives that stay for one reason. */
export interface KeptFor {
  readonly reason: string
  readonly archives: number
  readonly bytes: number
  /** When it was said last, Unix milliseconds. */
  readonly since: number
}

/** Archives of npm packages that stay however full the store becomes, each for one reason or several: a lock file, a peer. Part of the trust store. */
export interface KeptArchives {
  /** From now on exactly these stay for this reason. Throws `too-busy` above `NPM_LIMITS.keptArchives` in all, and then changes nothing. */
  put(reason: string, archives: readonly KeptArchive[], since: number): void
  /** One more stays for this reason. Throws `too-busy` as `put`. */
  add(reason: string, archive: KeptArchive, since: number): void
  /** None stays for this reason any more; false: none did. */
  drop(reason: string): boolean
  /** In the order of the reasons. */
  reasons(): readonly KeptFor[]
  /** Whether a blob stays, whatever for. From memory: cheap enough to be asked for every blob. */
  has(digest: Digest): boolean
}
