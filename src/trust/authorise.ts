import { type FeedOp, isOpinion, type OpinionOp, type PackageName, type PublicKey, type ReleaseKey, type Roles } from '#core'
import type { ReleaseFacts, StatusFacts } from './feed-facts.ts'
import { globCovers } from './name-glob.ts'

/** The release keys that may use a name, by key. */
export const keysForName = (roles: Roles, name: PackageName): ReadonlyMap<PublicKey, ReleaseKey> =>
  new Map(roles.release.filter(({ names }) => names.some((glob) => globCovers(glob, name))).map((entry) => [entry.key, entry]))

/** The release keys that may speak of others, by key: those that may use every name. */
export const keysForOpinions = (roles: Roles): ReadonlyMap<PublicKey, ReleaseKey> =>
  new Map(roles.release.filter(({ names }) => names.includes('*')).map((entry) => [entry.key, entry]))

/** Whether a key may speak of others at that time, Unix seconds, whatever else it takes. */
export const maySpeakOfOthers = (roles: Roles, key: PublicKey, at: number): boolean => {
  const entry = keysForOpinions(roles).get(key)
  return entry !== undefined && isUnexpired(entry, at)
}

/** Whether a key may sign for this name at that time, Unix seconds, whatever else it takes. */
export const mayName = (roles: Roles, key: PublicKey, { name, at }: { readonly name: PackageName; readonly at: number }): boolean => {
  const entry = keysForName(roles, name).get(key)
  return entry !== undefined && isUnexpired(entry, at)
}

/** Whether a key may still sign at that time. */
export const isUnexpired = (key: ReleaseKey, atSeconds: number): boolean => key.expires === undefined || key.expires >= atSeconds

/**
 * Whether the roles that the op names (pass those: an op of the identity's chain, of any branch) allow its key to say this at that time: the
 * stateless part of admission. Says nothing of the threshold, so that half-signed ops can travel and be co-signed.
 */
export const isAuthorised = (op: FeedOp | OpinionOp, roles: Roles): boolean =>
  isOpinion(op) ? maySpeakOfOthers(roles, op.key, op.at) : mayName(roles, op.feed, { name: op.body.name, at: op.at })

/** What a release key says: whole ops, or what views look at in them. */
type Spoken = ReleaseFacts | StatusFacts | OpinionOp

/** The release keys that may say an op under these roles, by key. */
const keysFor = (op: Spoken, roles: Roles): ReadonlyMap<PublicKey, ReleaseKey> =>
  isOpinion(op) ? keysForOpinions(roles) : keysForName(roles, op.body.name)

/** The keys whose signatures of an op count, of those that may say it. */
export const countedSigners = (op: Spoken, roles: Roles, keys = keysFor(op, roles)): readonly ReleaseKey[] =>
  [...keys.values()].filter((key) => op.signers.has(key.key) && isUnexpired(key, op.at))

/** Whether the op's own key may sign, and enough of the keys that may say it did: `need` in all, `human` of them not held by machines. */
export const isFullySigned = (op: Spoken, roles: Roles, keys = keysFor(op, roles)): boolean => {
  const own = isOpinion(op) ? op.key : op.feed
  const counted = countedSigners(op, roles, keys)
  const humans = counted.filter(({ auto }) => auto !== true)
  return counted.some(({ key }) => key === own) && counted.length >= roles.need && humans.length >= (roles.human ?? 0)
}
