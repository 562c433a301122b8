import type { Dependency, PackageName, Version } from '#core'

/** The files that may describe a package, the first that does wins. A `ggen.toml` without `[package]` describes none. */
export const MANIFEST_FILES = ['ggen.toml', 'pack.toml', 'package.toml', 'gpack.toml', 'package.json'] as const

export type ManifestFile = (typeof MANIFEST_FILES)[number]

/** What a package says of itself, in one shape for all formats. Texts are safe to print and within `LIMITS`, but for `description`. */
export interface Manifest {
  readonly format: ManifestFile
  readonly name: PackageName
  readonly version: Version
  /** The name where the manifest gives none. */
  readonly title: string
  /** In full, perhaps several lines; empty where there is none. */
  readonly description: string
  /** Tags and keywords, lower case, without duplicates, in their order. */
  readonly tags: readonly string[]
  /** Lower case; `uncategorized` where the manifest gives none. */
  readonly category: string
  readonly license: string
  readonly author: string
  /** Sorted by name, each name once. */
  readonly dependencies: readonly Dependency[]
  /** Whether npm would run something of it while installing. */
  readonly scripts: boolean
  readonly bins: number
  /** Patterns of the only files to pack; absent: all that is not ignored. */
  readonly files?: readonly string[]
}

/** Whether a file at the root of a package is one that may describe it. */
export const isManifestFile = (name: string): name is ManifestFile => (MANIFEST_FILES as readonly string[]).includes(name)
