import type { ChainOp, GenesisOp, IdentityId, OpId, PackageName, PublicKey, Role, Roles, RolesOp } from '#core'
import { groupBy } from './group.ts'
import { mergeOps } from './merge-ops.ts'

/** What the ops of an identity add up to. */
export interface IdentityView {
  readonly identity: IdentityId
  readonly head: OpId
  readonly seq: number
  /** In force. */
  readonly roles: Roles
  /** From the genesis to the head. */
  readonly chain: readonly ChainOp[]
  /** Where two branches of equal authority begin: the chain ends there until the recovery role decides. */
  readonly forked?: { readonly at: OpId; readonly tips: readonly OpId[] }
  /** Keys that speak no more, and the last op of each of their feeds that still counts. */
  readonly revoked: ReadonlyMap<PublicKey, ReadonlyMap<PackageName, OpId>>
}

type Children = ReadonlyMap<OpId, readonly RolesOp[]>

/** Who stands behind a roles op: nobody who may, the root role, or the recovery role that outranks it. */
type Authority = 0 | 2 | 3

const isMet = (role: Role, signers: ReadonlySet<PublicKey>): boolean =>
  role.need > 0 && role.keys.filter((key) => signers.has(key)).length >= role.need

const isSameRole = (a: Role, b: Role): boolean =>
  a.need === b.need && a.keys.length === b.keys.length && a.keys.every((key, index) => key === b.keys[index])

/** The new root always has to sign, so that nobody can be made root who does not hold the keys. */
const authorityOf = (op: RolesOp, parent: ChainOp): Authority => {
  const { root, recovery } = parent.body
  if (op.seq !== parent.seq + 1 || !isMet(op.body.root, op.signers)) return 0
  if (isMet(recovery, op.signers)) return 3
  if (!isMet(root, op.signers)) return 0
  return recovery.need > 0 && !isSameRole(recovery, op.body.recovery) ? 0 : 2
}

/** Whether an op may stand after another one in the chain of its identity; of several that may, `viewIdentity` chooses. */
export const maySucceed = (op: RolesOp, parent: ChainOp): boolean => op.identity === parent.identity && authorityOf(op, parent) > 0

/** For each valid op, the highest authority in the branch that begins with it. Parents before children, then back: no recursion. */
const branchAuthorities = (genesis: GenesisOp, children: Children): ReadonlyMap<OpId, Authority> => {
  const reached: { readonly op: RolesOp; readonly authority: Authority }[] = []
  const queue: ChainOp[] = [genesis]
  for (const parent of queue) {
    for (const op of children.get(parent.id) ?? []) {
      const authority = authorityOf(op, parent)
      if (authority === 0) continue
      reached.push({ op, authority })
      queue.push(op)
    }
  }
  const best = new Map<OpId, Authority>()
  for (const { op, authority } of reached.reverse()) {
    const own = Math.max(authority, best.get(op.id) ?? 0) as Authority
    best.set(op.id, own)
    best.set(op.prev, Math.max(own, best.get(op.prev) ?? 0) as Authority)
  }
  return best
}

/** The successors that hold the highest authority: none at the head, one on the way, several at a fork that nobody decided. */
const strongest = (parent: ChainOp, children: Children, best: ReadonlyMap<OpId, Authority>): readonly RolesOp[] => {
  const valid = (children.get(parent.id) ?? []).filter((op) => best.has(op.id))
  const highest = valid.reduce((most, op) => Math.max(most, best.get(op.id) ?? 0), 0)
  return valid.filter((op) => best.get(op.id) === highest)
}

const revokedBy = (chain: readonly ChainOp[]): IdentityView['revoked'] => {
  const revoked = new Map<PublicKey, ReadonlyMap<PackageName, OpId>>()
  for (const op of chain) {
    if (op.type !== 'roles') continue
    for (const { key, feeds } of op.body.revoked) {
      // One op has room for 64 feeds: a later one adds to what is confirmed, and has the last word on a name.
      revoked.set(key, new Map([...(revoked.get(key) ?? []), ...feeds.map(({ name, head }) => [name, head] as const)]))
    }
  }
  return revoked
}

/**
 * The state of an identity out of a set of its ops: order, duplicates and foreign ops do not matter. `undefined` without a genesis
 * that its own root signed. Never throws, never recurses.
 */
export const viewIdentity = (identity: IdentityId, ops: Iterable<ChainOp>): IdentityView | undefined => {
  const merged = mergeOps(ops)
  const genesis = merged.get(identity)
  if (genesis?.type !== 'genesis' || !isMet(genesis.body.root, genesis.signers)) return undefined
  const roles = [...merged.values()].filter((op) => op.type === 'roles').filter((op) => op.identity === identity)
  const children = groupBy(roles, (op) => op.prev)
  const best = branchAuthorities(genesis, children)
  const chain: ChainOp[] = [genesis]
  let head: ChainOp = genesis
  let next = strongest(head, children, best)
  while (next.length === 1 && next[0] !== undefined) {
    head = next[0]
    chain.push(head)
    next = strongest(head, children, best)
  }
  return {
    identity,
    head: head.id,
    seq: head.seq,
    roles: head.body,
    chain,
    ...(next.length > 1 && { forked: { at: head.id, tips: next.map(({ id }) => id).sort() } }),
    revoked: revokedBy(chain),
  }
}
