import type { FeedOp, Op, OpId, OpinionOp, RolesOp } from '#core'
import { isAuthorised, maySucceed, viewIdentity } from '#trust'

/** What stands in the way of an op: ops that must come first, or that no honest node would send it. */
export type Objection = { readonly outcome: 'orphan'; readonly missing: readonly OpId[] } | { readonly outcome: 'refused'; readonly reason: string }

/** Finds an op of the set. */
export type Lookup = (id: OpId) => Op | undefined

const refused = (reason: string): Objection => ({ outcome: 'refused', reason })

/** Whether an op whose signatures are right may join the set, by what it stands on; `undefined`: it may. */
export const objectionTo = (op: Op, known: Lookup): Objection | undefined => {
  switch (op.type) {
    case 'genesis':
      return viewIdentity(op.identity, [op]) === undefined ? refused('root-threshold') : undefined
    case 'roles':
      return judgeRoles(op, known)
    case 'release':
    case 'status':
      return judgeFeedOp(op, known)
    case 'endorse':
    case 'advisory':
      return judgeOpinion(op, known)
  }
}

/** What is in the set was judged when it joined, and a chain is always whole: nothing but the op before has to be looked at, however long the chain is. */
const judgeRoles = (op: RolesOp, known: Lookup): Objection | undefined => {
  const parent = known(op.prev)
  if (parent === undefined) return { outcome: 'orphan', missing: [op.prev] }
  if (parent.type !== 'genesis' && parent.type !== 'roles') return refused('chain')
  return maySucceed(op, parent) ? undefined : refused('unauthorised')
}

const judgeFeedOp = (op: FeedOp, known: Lookup): Objection | undefined => {
  const roles = known(op.body.roles)
  const prev = op.prev === undefined ? undefined : known(op.prev)
  const missing = [...(roles === undefined ? [op.body.roles] : []), ...(op.prev !== undefined && prev === undefined ? [op.prev] : [])]
  if (roles === undefined || missing.length > 0) return { outcome: 'orphan', missing }
  if ((roles.type !== 'genesis' && roles.type !== 'roles') || roles.identity !== op.identity) return refused('chain')
  if (!isAuthorised(op, roles.body)) return refused('unauthorised')
  return prev === undefined || continues(op, prev) ? undefined : refused('chain')
}

/** It stands on its roles alone. */
const judgeOpinion = (op: OpinionOp, known: Lookup): Objection | undefined => {
  const roles = known(op.body.roles)
  if (roles === undefined) return { outcome: 'orphan', missing: [op.body.roles] }
  if ((roles.type !== 'genesis' && roles.type !== 'roles') || roles.identity !== op.identity) return refused('chain')
  return isAuthorised(op, roles.body) ? undefined : refused('unauthorised')
}

const continues = (op: FeedOp, prev: Op): boolean =>
  (prev.type === 'release' || prev.type === 'status') &&
  prev.identity === op.identity &&
  prev.feed === op.feed &&
  prev.body.name === op.body.name &&
  op.seq === prev.seq + 1 &&
  op.at >= prev.at
