import { type ChainOp, type FeedOp, type IdentityId, LIMITS, type OpinionOp, type PackageName } from '#core'
import type { Catalogue } from '#store'
import { type IdentityView, type PackageView, viewIdentity, viewOpinions, viewPackage } from '#trust'
import { OpenedOps, type Reopen } from './opened-ops.ts'

/** What the ops that we hold mean, computed from the set each time. */
export interface PackageViews {
  identity(identity: IdentityId): IdentityView | undefined
  package(identity: IdentityId, name: PackageName): PackageView | undefined
  /** What an identity says of others that waits for more signatures, by whom it is about, and of each the oldest first. `now`: Unix seconds. */
  stagedOpinions(identity: IdentityId, now: number): readonly OpinionOp[]
  /** The latest date on any op that a new op of the package, or without a name of the identity's own chain, could stand on; Unix seconds. */
  latestAt(identity: IdentityId, name?: PackageName): number
}

/** Views over a catalogue; everything in it was opened before it was stored. */
export const createViews = (catalogue: Catalogue, reopen: Reopen = new OpenedOps().reopen): PackageViews => {
  const identity = (id: IdentityId): IdentityView | undefined => viewIdentity(id, catalogue.chainOps(id).map((bytes) => reopen(bytes) as ChainOp))
  const ats = (envelopes: readonly Uint8Array[]): number => envelopes.reduce((latest, bytes) => Math.max(latest, reopen(bytes).at), 0)
  return {
    identity,
    stagedOpinions: (id, now) => {
      const who = identity(id)
      if (who === undefined || !who.chain.some(({ body }) => body.need > 1 || (body.human ?? 0) > 0)) return []
      return catalogue.opined(id, LIMITS.opinedTargets).flatMap((target) => {
        const envelopes = catalogue.opinions(id, target, LIMITS.opinionsPerTarget)
        return viewOpinions(who, envelopes.map((bytes) => reopen(bytes) as OpinionOp), now).staged
      })
    },
    latestAt: (id, name) => Math.max(ats(catalogue.chainOps(id)), name === undefined ? 0 : ats(catalogue.feedOps(id, name))),
    package: (id, name) => {
      const who = identity(id)
      return who === undefined ? undefined : viewPackage(who, name, catalogue.feedOps(id, name).map((bytes) => reopen(bytes) as FeedOp))
    },
  }
}
