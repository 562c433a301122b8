import type {
  AskedRegistries, DependencyKind, Digest, ErrorCode, IdentityId, LookAlike, PackageName, PackageSpec, Sha512, Version, Voucher,
} from '#core'

/** What a project wants, what it has, and what its user has decided. */
export interface PlanRequest {
  /** Each name once. */
  readonly wanted: readonly WantedPackage[]
  /** What the lock file of the project names, each name once: kept where it still fits. */
  readonly locked: readonly LockedRelease[]
  /** Take the newest that fits instead of what is locked: of everything, or of these names. */
  readonly update?: 'all' | readonly PackageName[]
  /** Ask nobody: only what this node knows and holds. */
  readonly offline?: boolean
  /** Take releases that are weaker than the ones before. */
  readonly acceptDowngrade?: boolean
  /** Take releases although a publisher that is followed advises against them. */
  readonly acceptAdvisory?: boolean
  /** Whom to ask; absent: those that the operator chose. */
  readonly registries?: AskedRegistries
}

/** A package that the project itself asks for. */
export interface WantedPackage {
  readonly spec: PackageSpec
  /** The publisher that the user chose for this name. */
  readonly trust?: IdentityId
  /** Do without it where it cannot be had. */
  readonly optional?: boolean
}

/** A release as the lock file of a project names it. */
export type LockedRelease = LockedSigned | LockedVouched

export interface LockedSigned {
  readonly name: PackageName
  readonly version: Version
  readonly identity: IdentityId
  readonly source?: never
  readonly digest: Digest
}

/** One that nobody signed: it may stay as it is although the index that vouched for it cannot be asked. */
export interface LockedVouched {
  readonly name: PackageName
  readonly version: Version
  readonly identity?: never
  readonly source: string
  readonly digest: Digest
  readonly sha512: Sha512
  readonly sizeBytes: number
  /** What it needs, without what the project did without. */
  readonly dependencies: readonly { readonly name: PackageName; readonly range: string }[]
}

/**
 * Which releases a project is made of: one of each name, so that every package finds the others where they lie. The same records and the same request give
 * the same plan. Plain JSON.
 */
export interface InstallPlan {
  /** Sorted by name. */
  readonly packages: readonly PlannedPackage[]
  /** Optional packages that could not be had, sorted by name. */
  readonly left: readonly LeftOut[]
  /** Packages that need each other in a ring, each ring once, from the name that is first in order; absent where there are none. */
  readonly cycles?: readonly (readonly PackageName[])[]
}

export type PlannedPackage = Voucher & {
  readonly name: PackageName
  readonly version: Version
  /** Of the archive. */
  readonly digest: Digest
  readonly sha512: Sha512
  readonly sizeBytes: number
  /** Sorted by name. */
  readonly dependencies: readonly PlannedDependency[]
  /** Everybody in the plan who wants it, the project first, then sorted by name. */
  readonly wantedBy: readonly PlannedWanter[]
  /** It is what the lock file names. */
  readonly isLocked: boolean
  /** Known names that its name, which nothing had bound, can be taken for; absent where there are none. */
  readonly lookAlikes?: readonly LookAlike[]
}

export interface PlannedDependency {
  readonly name: PackageName
  /** A SemVer range. */
  readonly range: string
  readonly kind: DependencyKind
  /** The one of the plan; absent where the plan does without it. */
  readonly version?: Version
}

export interface PlannedWanter {
  /** Absent: the project itself. */
  readonly name?: PackageName
  /** A version or a range; absent: the project takes any. */
  readonly range?: string
  readonly kind: DependencyKind
}

/** An optional package that the plan does without. */
export interface LeftOut {
  readonly name: PackageName
  readonly wantedBy: readonly PlannedWanter[]
  readonly why: { readonly code: ErrorCode; readonly message: string }
}
