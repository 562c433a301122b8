import type { Digest, PackageName, Version } from '#core'

/**
 * How an index is written. `catalog`: catalog v2 · `gpack`: a map of packs, each version with a git revision · `marketplace`: a list of packages, also in TOML
 * · `registry`: a map of packages with lists of versions · `list`: a bare list.
 */
export type ForeignShape = 'catalog' | 'gpack' | 'marketplace' | 'registry' | 'list'

/** Everything that an index says, in one shape for all. */
export interface ForeignIndex {
  readonly shape: ForeignShape
  /** In the order of names, each once. */
  readonly packages: readonly ForeignPackage[]
  /** Entries that name no package or no version as they may be named here. */
  readonly refused: readonly RefusedEntry[]
  /** One version with two digests in the same index. */
  readonly clashes: readonly ForeignClash[]
}

/** What an index says of one package. Texts are safe to print. */
export interface ForeignPackage {
  readonly name: PackageName
  readonly title: string
  readonly description: string
  readonly tags: readonly string[]
  readonly category: string
  readonly license: string
  readonly author: string
  readonly dependencies: readonly ForeignDependency[]
  /** Newest first, each slot once, at least one. */
  readonly versions: readonly ForeignVersion[]
}

export interface ForeignDependency {
  readonly name: PackageName
  /** A SemVer range that can only be valid. */
  readonly range: string
}

export interface ForeignVersion {
  readonly version: Version
  /** Of the archive as it lies there; absent: the index does not vouch for any bytes. */
  readonly digest?: Digest
  readonly sizeBytes?: number
  /** `http:`, `https:` or `file:`; absent: the index does not say where the archive is. */
  readonly address?: string
  /** Why its archive cannot be had from this index, in plain words. */
  readonly without?: string
}

export interface RefusedEntry {
  /** As the index calls it, shortened. */
  readonly label: string
  readonly why: string
}

export interface ForeignClash {
  readonly name: PackageName
  readonly version: Version
  readonly digests: readonly [Digest, Digest]
}
