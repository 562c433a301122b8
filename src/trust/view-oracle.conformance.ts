import {
  type ChainOp, type FeedOp, type IdentityId, type OpId, type PackageName, type PublicKey, type ReleaseKey, type ReleaseOp, type Role, type Roles, type RolesOp,
  type StatusOp, type Version, versionSlot,
} from '#core'

/**
 * The rules of docs/protocol/op.md, written once more as plainly as they can be: sets, quantifiers and recursion, looking through everything
 * again for each answer. Slow, and independent of the views that it judges: it shares no function with them.
 */

/** Copies of one op are one op that all of them signed. */
export const united = <T extends ChainOp | FeedOp>(ops: readonly T[]): readonly T[] =>
  ops
    .filter((op, index) => ops.findIndex(({ id }) => id === op.id) === index)
    .map((op) => ({ ...op, signers: new Set(ops.filter(({ id }) => id === op.id).flatMap(({ signers }) => [...signers])) }))

const reaches = (role: Role, { signers }: ChainOp): boolean => role.need >= 1 && role.keys.filter((key) => signers.has(key)).length >= role.need

const wordOf = (role: Role): string => `${role.need} of ${role.keys.join(' ')}`

/** The table of authorities: none (0), root (2), recovery (3). */
const authority = (op: RolesOp, before: ChainOp): number => {
  if (op.seq !== before.seq + 1) return 0
  if (!reaches(op.body.root, op)) return 0
  if (reaches(before.body.recovery, op)) return 3
  const keepsRecovery = before.body.recovery.keys.length === 0 || wordOf(op.body.recovery) === wordOf(before.body.recovery)
  return reaches(before.body.root, op) && keepsRecovery ? 2 : 0
}

export interface OracleChain {
  readonly chain: readonly ChainOp[]
  /** Successors between which nobody decided. */
  readonly tips: readonly OpId[]
}

/** From the genesis to the head, or `undefined` without a genesis that counts. */
export const oracleChain = (identity: IdentityId, copies: readonly ChainOp[]): OracleChain | undefined => {
  const ops = united(copies)
  const successors = (op: ChainOp): readonly RolesOp[] =>
    ops.filter((next) => next.type === 'roles').filter((next) => next.identity === identity && next.prev === op.id && authority(next, op) > 0)
  const branch = (op: RolesOp, before: ChainOp): readonly number[] => [authority(op, before), ...successors(op).flatMap((next) => branch(next, op))]
  const follow = (op: ChainOp): OracleChain => {
    const next = successors(op).map((one) => ({ one, highest: Math.max(...branch(one, op)) }))
    const chosen = next.filter(({ highest }) => next.every((other) => other.highest <= highest)).map(({ one }) => one)
    const [only] = chosen
    if (only === undefined || chosen.length > 1) return { chain: [op], tips: chosen.map(({ id }) => id).sort() }
    const rest = follow(only)
    return { chain: [op, ...rest.chain], tips: rest.tips }
  }
  const genesis = ops.find(({ type, id }) => type === 'genesis' && id === identity)
  return genesis !== undefined && reaches(genesis.body.root, genesis) ? follow(genesis) : undefined
}

/** A star stands for everything but a slash, and alone for everything. */
const covers = (pattern: string, name: PackageName): boolean =>
  pattern === '*' || new RegExp(`^${pattern.replaceAll('.', '[.]').replaceAll('*', '[^/]*')}$`).test(name)

const before = (a: FeedOp, b: FeedOp): number => {
  if (a.at !== b.at) return a.at - b.at
  return a.id < b.id ? -1 : 1
}

const isSameBytes = (a: ReleaseOp, b: ReleaseOp): boolean =>
  a.body.artifact.sha512 === b.body.artifact.sha512 && a.body.artifact.digest === b.body.artifact.digest &&
  a.body.artifact.sizeBytes === b.body.artifact.sizeBytes

interface Line {
  readonly feed: PublicKey
  readonly ops: readonly FeedOp[]
  /** Successors of the last one, when there are several. */
  readonly fork: readonly FeedOp[]
}

interface Package {
  readonly identity: IdentityId
  readonly name: PackageName
  /** From the genesis to the head. */
  readonly chain: readonly ChainOp[]
  readonly ops: readonly FeedOp[]
}

/** Which of the roles op's release keys signed an op and may sign for the name at that time; `undefined` when its roles are not on the chain. */
const signedUnder = ({ name, chain }: Package, op: FeedOp): { readonly roles: Roles; readonly keys: readonly ReleaseKey[] } | undefined => {
  const roles = chain.find(({ id }) => id === op.body.roles)?.body
  return roles && {
    roles,
    keys: roles.release
      .filter(({ names }) => names.some((pattern) => covers(pattern, name)))
      .filter(({ expires }) => expires === undefined || op.at <= expires)
      .filter(({ key }) => op.signers.has(key)),
  }
}

/** It holds a place in the feed. */
const isLink = (package_: Package, op: FeedOp): boolean =>
  op.identity === package_.identity && op.body.name === package_.name && signedUnder(package_, op)?.keys.some(({ key }) => key === op.feed) === true

/** It says something. */
const counts = (package_: Package, op: FeedOp): boolean => {
  const signed = signedUnder(package_, op)
  return signed !== undefined && signed.keys.length >= signed.roles.need && signed.keys.filter(({ auto }) => auto !== true).length >= (signed.roles.human ?? 0)
}

const lineOf = (package_: Package, feed: PublicKey): Line => {
  const { chain, name, ops } = package_
  const age = (op: FeedOp): number => chain.findIndex(({ id }) => id === op.body.roles)
  const links = ops.filter((op) => op.feed === feed && isLink(package_, op))
  const revocations = chain.flatMap((op) => (op.type === 'roles' ? op.body.revoked : [])).filter(({ key }) => key === feed)
  const confirmed = revocations.flatMap(({ feeds }) => feeds).filter((one) => one.name === name).at(-1)?.head
  /** The way back to the first op, or nothing where an op of it is missing. */
  const way = (id: OpId): readonly OpId[] => {
    const op = links.find((one) => one.id === id)
    if (op === undefined) return []
    if (op.prev === undefined) return [id]
    const rest = way(op.prev)
    return rest.length === 0 ? [] : [...rest, id]
  }
  const speaks = (op: FeedOp): boolean => revocations.length === 0 || (confirmed !== undefined && way(confirmed).includes(op.id))
  const grow = (line: readonly FeedOp[]): Line => {
    const last = line.at(-1)
    const next = links.filter(speaks)
      .filter((op) => op.prev === last?.id && op.seq === line.length && (last === undefined || age(op) >= age(last)))
    return next.length === 1 ? grow([...line, ...next]) : { feed, ops: line, fork: next }
  }
  return grow([])
}

/** What `viewPackage` must say, as plain JSON. */
export const oraclePackage = (identity: IdentityId, name: PackageName, { chain, ops }: Pick<Package, 'chain' | 'ops'>): object => {
  const package_ = { identity, name, chain, ops: united(ops) }
  const lines = [...new Set(package_.ops.map(({ feed }) => feed))].sort().map((feed) => lineOf(package_, feed))
  const slotOf = (op: ReleaseOp): Version => versionSlot(op.body.version)
  const releasesIn = (list: readonly FeedOp[]): readonly ReleaseOp[] => list.filter((op) => op.type === 'release').filter((op) => counts(package_, op))
  const contradicted = lines.flatMap(({ fork }) =>
    releasesIn(fork).filter((op) => releasesIn(fork).some((other) => slotOf(other) === slotOf(op) && !isSameBytes(other, op))))
  const linked = lines.flatMap((line) => line.ops)
  const claims = [...releasesIn(linked), ...contradicted].sort(before)
  const statuses = linked.filter((op): op is StatusOp => op.type === 'status').filter((op) => counts(package_, op)).sort(before)
  const releases = [...new Set(claims.map(slotOf))].sort().map((slot) => {
    const [first, ...others] = claims.filter((op) => slotOf(op) === slot)
    const rivals = others.filter((op) => first !== undefined && !isSameBytes(op, first)).map(({ id }) => id)
    const last = statuses.filter(({ body }) => body.version === '*' || versionSlot(body.version) === slot).at(-1)
    const said = last === undefined ? { standing: 'live' } : { standing: last.body.state, ...(last.body.why !== undefined && { why: last.body.why }) }
    return { slot, release: first?.id, rivals, ...(rivals.length > 0 ? { standing: 'disputed' } : said) }
  })
  const tagged = statuses.flatMap(({ at, body: { tag } }) => (tag === undefined ? [] : [{ ...tag, at }]))
  const tags = [...new Set(tagged.map((one) => one.name))].sort().map((tag) => tagged.filter((one) => one.name === tag).at(-1))
  return {
    releases,
    tags,
    suspended: lines.filter(({ fork }) => fork.length > 1).map((line) => ({ feed: line.feed, at: line.ops.at(-1)?.id })),
    staged: linked.filter((op) => !counts(package_, op)).map(({ id }) => id),
    heads: lines.flatMap((line) => line.ops.slice(-1).map(({ id, seq }) => ({ feed: line.feed, seq, head: id }))),
  }
}
