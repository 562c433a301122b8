import {
  type FeedOp, type OpId, type PackageName, type PublicKey, type ReleaseOp, type Roles, type StatusOp, type StatusState, type Version, versionSlot,
} from '#core'
import { isAuthorised, isFullySigned, keysForName } from './authorise.ts'
import { groupBy } from './group.ts'
import { mergeOps } from './merge-ops.ts'
import type { IdentityView } from './view-identity.ts'
import { type Feed, walkFeed } from './walk-feed.ts'

/** What the ops about one package of one identity add up to. */
export interface PackageView {
  readonly name: PackageName
  /** By slot: the version without build metadata. */
  readonly releases: ReadonlyMap<Version, ReleaseView>
  /** Feeds that forked, with the last op before the fork. */
  readonly suspended: readonly { readonly feed: PublicKey; readonly at: OpId | undefined }[]
  /** Ops that wait for more signatures: they hold their place in the feed, and say nothing yet. */
  readonly staged: readonly FeedOp[]
  /** Where the next op of each feed has to continue. */
  readonly heads: ReadonlyMap<PublicKey, { readonly seq: number; readonly head: OpId }>
}

/** What a version slot holds. */
export interface ReleaseView {
  /** The slot; `release.body.version` may add build metadata. */
  readonly version: Version
  /** Of several claims the one with the smallest (at, id). Not to be chosen while the standing is `disputed`. */
  readonly release: ReleaseOp
  readonly standing: StatusState | 'disputed'
  readonly why?: string
  /** Other ops that claim the slot with other bytes, ordered by (at, id); not empty exactly when disputed. */
  readonly rivals: readonly ReleaseOp[]
}

const compareText = (a: string, b: string): number => (a === b ? 0 : a < b ? -1 : 1)

const compareOps = (a: FeedOp, b: FeedOp): number => a.at - b.at || compareText(a.id, b.id)

const slotOf = (release: ReleaseOp): Version => versionSlot(release.body.version)

/** Two claims agree only in everything that fetched bytes are checked against. */
const bytesOf = ({ body: { artifact } }: ReleaseOp): string => `${artifact.sha512} ${artifact.digest} ${artifact.sizeBytes}`

const isRelease = (op: FeedOp): op is ReleaseOp => op.type === 'release'
const isStatus = (op: FeedOp): op is StatusOp => op.type === 'status'

interface Link {
  readonly index: number
  readonly roles: Roles
  readonly keys: ReturnType<typeof keysForName>
}

type Links = ReadonlyMap<OpId, Link>

/** The roles that were ever in force, by the op that set them. */
const linksOf = (identity: IdentityView, name: PackageName): Links =>
  new Map(identity.chain.map((op, index) => [op.id, { index, roles: op.body, keys: keysForName(op.body, name) }]))

const counts = (op: FeedOp, links: Links): boolean => {
  const link = links.get(op.body.roles)
  return link !== undefined && isFullySigned(op, link.roles, link.keys)
}

/**
 * The feeds of the package, each as far as it is linear, ordered by key. An op that waits for more signatures is a link of its feed like any other: its
 * owner has said it, and two different ones at one place are as much proof of misuse.
 */
const feedsOf = (identity: IdentityView, links: Links, ops: readonly FeedOp[]): ReadonlyMap<PublicKey, Feed> => {
  const signed = ops.filter((op) => {
    const link = links.get(op.body.roles)
    return link !== undefined && op.signers.has(op.feed) && isAuthorised(op, link.roles)
  })
  const age = (op: FeedOp): number => links.get(op.body.roles)?.index ?? -1
  const feeds = new Map<PublicKey, Feed>()
  for (const [key, list] of [...groupBy(signed, (op) => op.feed)].sort(([a], [b]) => compareText(a, b))) {
    const confirmed = identity.revoked.get(key)
    const head = list[0] === undefined ? undefined : confirmed?.get(list[0].body.name)
    if (confirmed === undefined || head !== undefined) feeds.set(key, walkFeed(list, age, head))
  }
  return feeds
}

/** Successors at a fork that give one slot different bytes: they prove a dispute, although nothing after a fork exists. */
const contradictions = ({ fork }: Feed): readonly ReleaseOp[] =>
  [...groupBy(fork.filter(isRelease), slotOf).values()].filter((claims) => new Set(claims.map(bytesOf)).size > 1).flat()

const viewSlot = (version: Version, claims: readonly ReleaseOp[]): ReleaseView | undefined => {
  const [release, ...others] = claims.toSorted(compareOps)
  if (release === undefined) return undefined
  const rivals = others.filter((op) => bytesOf(op) !== bytesOf(release))
  return { version, release, standing: rivals.length > 0 ? 'disputed' : 'live', rivals }
}

/** A dispute is nothing that its parties can talk away. */
const applyStatus = ({ version, release, standing, rivals }: ReleaseView, { body }: StatusOp): ReleaseView => ({
  version,
  release,
  standing: standing === 'disputed' ? standing : body.state,
  ...(standing !== 'disputed' && body.why !== undefined && { why: body.why }),
  rivals,
})

/** The last word per slot, where a status about `*` speaks about every slot: one pass over each, whatever their numbers. */
const lastWords = (statuses: readonly StatusOp[]): ((slot: Version) => StatusOp | undefined) => {
  const last = new Map<Version | '*', StatusOp>()
  for (const op of statuses.toSorted(compareOps)) last.set(op.body.version === '*' ? '*' : versionSlot(op.body.version), op)
  return (slot) => {
    const [special, general] = [last.get(slot), last.get('*')]
    if (special === undefined || general === undefined) return special ?? general
    return compareOps(special, general) > 0 ? special : general
  }
}

/**
 * The state of a package out of a set of its ops, under the roles of its identity: order, duplicates and foreign ops do not matter.
 * Never throws, never recurses.
 */
export const viewPackage = (identity: IdentityView, name: PackageName, ops: Iterable<FeedOp>): PackageView => {
  const links = linksOf(identity, name)
  const own = [...mergeOps(ops).values()].filter((op) => op.identity === identity.identity && op.body.name === name)
  const feeds = feedsOf(identity, links, own)
  const whole = [...feeds.values()].flatMap(({ line }) => line)
  const lines = whole.filter((op) => counts(op, links))
  const rivals = [...feeds.values()].flatMap((feed) => contradictions({ ...feed, fork: feed.fork.filter((op) => counts(op, links)) }))
  const claims = groupBy([...lines.filter(isRelease), ...rivals], slotOf)
  const lastWord = lastWords(lines.filter(isStatus))
  const releases = new Map<Version, ReleaseView>()
  for (const [slot, ops] of [...claims].sort(([a], [b]) => compareText(a, b))) {
    const view = viewSlot(slot, ops)
    const status = lastWord(slot)
    if (view !== undefined) releases.set(slot, status === undefined ? view : applyStatus(view, status))
  }
  const suspended = [...feeds].filter(([, { fork }]) => fork.length > 0).map(([feed, { line }]) => ({ feed, at: line.at(-1)?.id }))
  const heads = new Map<PublicKey, { seq: number; head: OpId }>()
  for (const [key, { line }] of feeds) {
    const last = line.at(-1)
    if (last !== undefined) heads.set(key, { seq: last.seq, head: last.id })
  }
  return { name, releases, suspended, staged: whole.filter((op) => !counts(op, links)), heads }
}
