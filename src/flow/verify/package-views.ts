import type { ChainOp, FeedOp, IdentityId, PackageName } from '#core'
import type { Catalogue } from '#store'
import { type IdentityView, type PackageView, viewIdentity, viewPackage } from '#trust'
import { OpenedOps, type Reopen } from './opened-ops.ts'

/** What the ops that we hold mean, computed from the set each time. */
export interface PackageViews {
  identity(identity: IdentityId): IdentityView | undefined
  package(identity: IdentityId, name: PackageName): PackageView | undefined
  /** The latest date on any op that a new op of the package, or without a name of the identity's own chain, could stand on; Unix seconds. */
  latestAt(identity: IdentityId, name?: PackageName): number
}

/** Views over a catalogue; everything in it was opened before it was stored. */
export const createViews = (catalogue: Catalogue, reopen: Reopen = new OpenedOps().reopen): PackageViews => {
  const identity = (id: IdentityId): IdentityView | undefined => viewIdentity(id, catalogue.chainOps(id).map((bytes) => reopen(bytes) as ChainOp))
  const ats = (envelopes: readonly Uint8Array[]): number => envelopes.reduce((latest, bytes) => Math.max(latest, reopen(bytes).at), 0)
  return {
    identity,
    latestAt: (id, name) => Math.max(ats(catalogue.chainOps(id)), name === undefined ? 0 : ats(catalogue.feedOps(id, name))),
    package: (id, name) => {
      const who = identity(id)
      return who === undefined ? undefined : viewPackage(who, name, catalogue.feedOps(id, name).map((bytes) => reopen(bytes) as FeedOp))
    },
  }
}
