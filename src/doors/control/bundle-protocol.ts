import type { ErrorCode, IdentityId, PackageName, Version } from '#core'

/** `POST /v1/bundles/make`: puts everything that lock files name into one file. */
export interface BundleQuestion {
  /** The last part of a path says which client wrote it. */
  readonly lockfiles: readonly { readonly path: string; readonly text: string }[]
  /** Absolute path of the new file, where nothing is. */
  readonly path: string
  /** What is private goes in, too. */
  readonly withPrivate: boolean
}

/** Its answer. */
export interface BundleReply {
  readonly path: string
  readonly sizeBytes: number
  /** Of each npm registry; `keys`: the registry has keys, and they are in the bundle. */
  readonly registries: readonly { readonly source: string; readonly versions: number; readonly keys: boolean }[]
  /** Of the network. */
  readonly releases: number
  /** Optional packages that could not be had. */
  readonly left: readonly LeftPackageReply[]
  /** Entries of the lock files that come from no registry. */
  readonly leftOutCount: number
}

/** A package that is not there, and why. */
export interface LeftPackageReply {
  readonly name: string
  readonly version: string
  readonly code: ErrorCode
  readonly why: string
}

/** `POST /v1/bundles/take`: takes in a bundle without asking anybody. */
export interface TakeBundleQuestion {
  /** Absolute path of the bundle. */
  readonly path: string
  /** Registries of which nothing is known are known by the keys in the bundle from now on, and those that sign nothing are believed. */
  readonly trustKeys: boolean
}

/** Its answer. */
export interface TakenBundleReply {
  /** Unix milliseconds, clock of whoever made it. */
  readonly madeAtMs: number
  readonly registries: readonly TakenRegistryReply[]
  /** Releases of the network that were verified. */
  readonly releases: readonly { readonly name: PackageName; readonly version: Version; readonly identity?: IdentityId }[]
  /** Packages for which nothing speaks here: nobody gets them by their names. */
  readonly left: readonly LeftPackageReply[]
  /** Packages of npm registries that install by a lock file alone. */
  readonly undocumented: readonly LeftPackageReply[]
  /** Of all archives. */
  readonly sizeBytes: number
}

export interface TakenRegistryReply {
  readonly source: string
  /** `known`: keys that were here before · `taken`: those in the bundle · `none`: it signs nothing. */
  readonly keys: 'known' | 'taken' | 'none'
  /** `SHA256:…` of each key. */
  readonly fingerprints: readonly string[]
  /** Of its versions, those that count here now. */
  readonly versions: number
  /** The registry that this machine asks for some of its names; absent: this very one. */
  readonly asked?: string
}

/** What a node is asked of bundles. */
export interface BundleControl {
  makeBundle(question: BundleQuestion, signal: AbortSignal): Promise<BundleReply>
  takeBundle(question: TakeBundleQuestion, signal: AbortSignal): Promise<TakenBundleReply>
}
