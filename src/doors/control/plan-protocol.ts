import type { AskedRegistries, DependencyKind, Digest, ErrorCode, IdentityId, LookAlike, PackageName, Sha512, Version, Voucher } from '#core'

/** `POST /v1/plan`: which releases a project is made of. */
export interface PlanQuestion {
  /** What the project itself asks for: each name once. */
  readonly wanted: readonly {
    /** As `parsePackageSpec` reads it. */
    readonly spec: string
    /** The publisher that the user chose for this name. */
    readonly trust?: IdentityId
    /** Do without it where it cannot be had. */
    readonly optional?: boolean
  }[]
  /** What the lock file of the project names: kept where it still fits. */
  readonly locked: readonly LockedQuestion[]
  /** Take the newest that fits instead of what is locked: of everything, or of these names. */
  readonly update?: 'all' | readonly PackageName[]
  /** Ask nobody: only what the node knows and holds. */
  readonly offline?: boolean
  readonly acceptDowngrade?: boolean
  readonly acceptAdvisory?: boolean
  /** Whom to ask; absent: those that the node is configured for. */
  readonly registries?: AskedRegistries
}

/** One that nobody signed comes with all that is locked of it: it may stay although its index cannot be asked. */
export type LockedQuestion =
  | { readonly name: PackageName; readonly version: Version; readonly identity: IdentityId; readonly digest: Digest }
  | {
      readonly name: PackageName
      readonly version: Version
      readonly source: string
      readonly digest: Digest
      readonly sha512: Sha512
      readonly sizeBytes: number
      readonly dependencies: readonly { readonly name: PackageName; readonly range: string }[]
    }

/** Its answer: one release of each name. */
export interface PlanReply {
  /** Sorted by name. */
  readonly packages: readonly PlannedPackageReply[]
  /** Optional packages that could not be had. */
  readonly left: readonly LeftOutReply[]
  /** Packages that need each other in a ring; absent where there are none. */
  readonly cycles?: readonly (readonly PackageName[])[]
}

export type PlannedPackageReply = Voucher & {
  readonly name: PackageName
  readonly version: Version
  readonly digest: Digest
  readonly sha512: Sha512
  readonly sizeBytes: number
  /** `version`: the one of the plan; absent where the plan does without it. */
  readonly dependencies: readonly { readonly name: PackageName; readonly range: string; readonly kind: DependencyKind; readonly version?: Version }[]
  readonly wantedBy: readonly PlannedWanterReply[]
  /** It is what the lock file names. */
  readonly isLocked: boolean
  readonly lookAlikes?: readonly LookAlike[]
}

/** Without a name: the project itself. */
export interface PlannedWanterReply {
  readonly name?: PackageName
  readonly range?: string
  readonly kind: DependencyKind
}

export interface LeftOutReply {
  readonly name: PackageName
  readonly wantedBy: readonly PlannedWanterReply[]
  readonly why: { readonly code: ErrorCode; readonly message: string }
}
