import type { FeedOp, OpId, PackageName, PublicKey, ReleaseOp, StatusOp, StatusState, TagWord, Version } from '#core'
import { mergeOps } from './merge-ops.ts'
import { PackageLedger } from './package-ledger.ts'
import type { IdentityView } from './view-identity.ts'

/** What the ops about one package of one identity add up to. */
export interface PackageView<R = ReleaseOp, T = FeedOp> {
  readonly name: PackageName
  /** By slot: the version without build metadata. */
  readonly releases: ReadonlyMap<Version, ReleaseView<R>>
  /** What its publisher said last that each tag means, for the clients of npm, and when, Unix seconds; a version need not be there. In the order of tags. */
  readonly tags: ReadonlyMap<string, TagWord & { readonly at: number }>
  /** Feeds that forked, with the last op before the fork. */
  readonly suspended: readonly { readonly feed: PublicKey; readonly at: OpId | undefined }[]
  /** Ops that wait for more signatures: they hold their place in the feed, and say nothing yet. */
  readonly staged: readonly T[]
  /** Where the next op of each feed has to continue. */
  readonly heads: ReadonlyMap<PublicKey, { readonly seq: number; readonly head: OpId }>
}

/** What a version slot holds. */
export interface ReleaseView<R = ReleaseOp> {
  /** The slot; `release.body.version` may add build metadata. */
  readonly version: Version
  /** Of several claims the one with the smallest (at, id). Not to be chosen while the standing is `disputed`. */
  readonly release: R
  readonly standing: StatusState | 'disputed'
  readonly why?: string
  /** Other ops that claim the slot with other bytes, ordered by (at, id); not empty exactly when disputed. */
  readonly rivals: readonly R[]
}

/**
 * The state of a package out of a set of its ops, under the roles of its identity: order, duplicates and foreign ops do not matter.
 * Never throws, never recurses.
 */
export const viewPackage = (identity: IdentityView, name: PackageName, ops: Iterable<FeedOp>): PackageView => {
  const ledger = new PackageLedger<ReleaseOp, StatusOp>(identity, name)
  for (const op of mergeOps(ops).values()) ledger.put(op)
  return ledger.view()
}
