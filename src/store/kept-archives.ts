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
  /** When it was said last of any of them, Unix milliseconds. */
  readonly since: number
  /** Copies that are wanted on other nodes; 0: none. */
  readonly copies: number
}

/** When it was said, Unix milliseconds, and how many copies are wanted on other nodes. */
export interface KeptTerms {
  readonly since: number
  readonly copies: number
}

/** Archives of npm packages that stay however full the store becomes, each for one reason or several: a lock file, a peer. Part of the trust store. */
export interface KeptArchives {
  /** From now on exactly these stay for this reason. Throws `too-busy` above `NPM_LIMITS.keptArchives` in all, and then changes nothing. */
  put(reason: string, archives: readonly KeptArchive[], terms: KeptTerms): void
  /** These stay for this reason as well; of those that do already, it is said again. Throws `too-busy` as `put`. */
  add(reason: string, archives: readonly KeptArchive[], since: number): void
  /** None stays for this reason any more; false: none did. */
  drop(reason: string): boolean
  /** These need not stay for this reason any more. */
  remove(reason: string, archives: readonly Sha512[]): void
  /** What was said last before this time of reasons that begin so holds no more. */
  lapse(prefix: string, before: number): void
  /** In the order of the reasons. */
  reasons(): readonly KeptFor[]
  /** What stays for a reason, in the order of the digests. */
  of(reason: string): readonly KeptArchive[]
  /** When it was said last that a blob stays for this reason, Unix milliseconds; `undefined`: it does not. */
  since(reason: string, digest: Digest): number | undefined
  /** Whether a blob stays, whatever for. From memory: cheap enough to be asked for every blob. */
  has(digest: Digest): boolean
}
