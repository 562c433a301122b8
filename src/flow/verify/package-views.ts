import { type ChainOp, type FeedOp, type IdentityId, LIMITS, type OpinionOp, type PackageName, type StatusBody, versionSlot } from '#core'
import type { Catalogue } from '#store'
import { type IdentityView, type PackageView, viewIdentity, viewOpinions, viewPackage } from '#trust'
import { OpenedOps, type Reopen } from './opened-ops.ts'

/** What the ops that we hold mean, computed from the set each time. */
export interface PackageViews {
  identity(identity: IdentityId): IdentityView | undefined
  package(identity: IdentityId, name: PackageName): PackageView | undefined
  /** What an identity says of others that waits for more signatures, by whom it is about, and of each the oldest first. `now`: Unix seconds. */
  stagedOpinions(identity: IdentityId, now: number): readonly OpinionOp[]
  /** The latest date on what an identity has said of the same version or of all, or of the same other identity; Unix seconds, 0 where it said nothing. */
  latestWord(identity: IdentityId, about: Subject): number
  /** The latest date on any op that a new op of the package, or without a name of the identity's own chain, could stand on; Unix seconds. */
  latestAt(identity: IdentityId, name?: PackageName): number
}

/** Of what something is said: of a version of an own package (or of all), or of somebody else. */
export type Subject = Pick<StatusBody, 'name' | 'version'> | { readonly target: IdentityId }

/** Whether of two words on a package the later one can replace the other. */
const meet = (a: StatusBody['version'], b: StatusBody['version']): boolean => a === '*' || b === '*' || versionSlot(a) === versionSlot(b)

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
    latestWord: (id, about) => {
      if ('target' in about) return ats(catalogue.opinions(id, about.target, 1))
      const ops = catalogue.feedOps(id, about.name).map((bytes) => reopen(bytes))
      return ops.reduce((latest, op) => (op.type === 'status' && meet(op.body.version, about.version) ? Math.max(latest, op.at) : latest), 0)
    },
    latestAt: (id, name) => Math.max(ats(catalogue.chainOps(id)), name === undefined ? 0 : ats(catalogue.feedOps(id, name))),
    package: (id, name) => {
      const who = identity(id)
      return who === undefined ? undefined : viewPackage(who, name, catalogue.feedOps(id, name).map((bytes) => reopen(bytes) as FeedOp))
    },
  }
}
