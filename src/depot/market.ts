import type { Artifact, Digest, IdentityId, PackageName, ReleaseOp, Sha512, Version } from '#core'
import type { GiverShares } from './brought.ts'

/** The packages that are published to this network, for clients that choose among them by themselves. */
export interface Market {
  /** What may be installed of the package that a name means here. Throws why nothing may: `package-not-found`, `name-unverified`, `too-young` and so on. */
  of(name: PackageName, signal: AbortSignal): Promise<MarketPackage>
  /** Brings the archive of a release here, verified, for looking into it. Throws why nobody gives it. */
  bring(release: ReleaseOp, signal: AbortSignal): Promise<void>
  /** Brings the archive of a version here, verified, for somebody who installs it. Throws why it may not be, and why nobody gives it. */
  take(name: PackageName, version: Version, signal: AbortSignal): Promise<TakenArchive>
  /** Packages that match words, best first. Throws `query-invalid`. */
  search(words: readonly string[], limit: number, signal: AbortSignal): Promise<readonly MarketHit[]>
}

export interface MarketPackage {
  readonly identity: IdentityId
  /** At least one. */
  readonly releases: readonly MarketRelease[]
  /** What its publisher says that tags mean. */
  readonly tags: ReadonlyMap<string, Version>
}

export interface MarketRelease {
  readonly release: ReleaseOp
  readonly deprecated?: string
  /** Since when others could look at it, Unix milliseconds. */
  readonly since: number
}

export interface TakenArchive extends Omit<Artifact, 'chunks'> {
  readonly digest: Digest
  readonly sha512: Sha512
  /** Who gave it; nobody where it was here. */
  readonly sources: GiverShares
}

export interface MarketHit {
  readonly name: PackageName
  readonly version: Version
  readonly description: string
  readonly tags: readonly string[]
  /** Its publisher. */
  readonly identity?: IdentityId
  /** In [0, 1]. */
  readonly score: number
}
