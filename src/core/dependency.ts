import type { PackageName } from './package-name.ts'

/** In the order in which they count where a package names another one twice: the last that does wins. */
export const DEPENDENCY_KINDS = ['optional-peer', 'peer', 'needed', 'optional'] as const

/**
 * What a package wants another one for. `needed`: it does not work without · `optional`: it does, where that one cannot be had · `peer`: it extends that
 * one, which others bring, and which is brought where nobody does · `optional-peer`: the same, but it is never brought for this.
 */
export type DependencyKind = (typeof DEPENDENCY_KINDS)[number]

/** What a package says that it wants. */
export interface Dependency {
  readonly name: PackageName
  /** A SemVer range that can only be valid. */
  readonly range: string
  readonly kind: DependencyKind
}
