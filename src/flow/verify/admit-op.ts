import { type Clock, type FeedOp, GgenError, type GenesisOp, isGgenError, LIMITS, type Op, type OpId, type PublicKey, type RolesOp } from '#core'
import type { Catalogue } from '#store'
import { isAuthorised, mergeEnvelopes, openOp, reopenOp, viewIdentity } from '#trust'
import { indexPackage } from './index-package.ts'

/**
 * What became of an op that somebody handed us.
 * `added`: new to the set (or with more co-signatures) · `known` · `orphan`: valid, but `missing` ops must come first ·
 * `early`: dated too far in the future, try again later · `refused`: no honest node would send it.
 */
export type Admission =
  | { readonly outcome: 'added' | 'known'; readonly op: Op }
  | { readonly outcome: 'orphan'; readonly op: Op; readonly missing: readonly OpId[] }
  | { readonly outcome: 'early'; readonly op: Op }
  | { readonly outcome: 'refused'; readonly reason: string }

/** Decides over one envelope and, when it is good, makes it a member of the catalogue. Throws only what the store throws. */
export type Admit = (envelope: Uint8Array) => Admission

const refused = (reason: string): Admission => ({ outcome: 'refused', reason })

/** Membership depends on the ops alone (valid, authorised, parents known), never on taste: nodes with the same ops hold the same set. */
export const createAdmission = (catalogue: Catalogue, clock: Clock): Admit => {
  const known = (id: OpId): Op | undefined => {
    const bytes = catalogue.opBytes(id)
    return bytes === undefined ? undefined : reopenOp(bytes)
  }

  const keep = (op: Op): Admission => {
    catalogue.transact(() => {
      catalogue.putOp(op)
      const names = op.type === 'release' || op.type === 'status' ? [op.body.name] : catalogue.namesOf(op.identity)
      for (const name of names) indexPackage(catalogue, op.identity, name)
    })
    return { outcome: 'added', op }
  }

  /** Whose signatures must not be crowded out by strangers'. */
  const wantedKeys = (op: Op): ReadonlySet<PublicKey> => {
    const roles = op.type === 'release' || op.type === 'status' ? known(op.body.roles) : op
    return new Set(roles?.type === 'genesis' || roles?.type === 'roles' ? roles.body.release.map(({ key }) => key) : [])
  }

  const merge = (op: Op, held: Uint8Array): Admission => {
    const merged = mergeEnvelopes(held, op.bytes, wantedKeys(op))
    return Buffer.compare(merged, held) === 0 ? { outcome: 'known', op } : keep(openOp(merged))
  }

  return (envelope) => {
    let op: Op
    try {
      op = openOp(envelope)
    } catch (error) {
      if (isGgenError(error, 'op-invalid')) return refused(reasonOf(error))
      throw error
    }
    const held = catalogue.opBytes(op.id)
    if (held !== undefined) return merge(op, held)
    if (op.at > clock.now() / 1000 + LIMITS.opClockSkewSeconds) return { outcome: 'early', op }
    switch (op.type) {
      case 'genesis':
        return viewIdentity(op.identity, [op]) === undefined ? refused('root-threshold') : keep(op)
      case 'roles':
        return judgeRoles(op, known) ?? keep(op)
      case 'release':
      case 'status':
        return judgeFeedOp(op, known) ?? keep(op)
    }
  }
}

const reasonOf = ({ details, code }: GgenError): string => (typeof details['reason'] === 'string' ? details['reason'] : code)

type Lookup = (id: OpId) => Op | undefined

/** `undefined` when the op may join the set. */
const judgeRoles = (op: RolesOp, known: Lookup): Admission | undefined => {
  const ancestors: (GenesisOp | RolesOp)[] = []
  let next: OpId | undefined = op.prev
  while (next !== undefined) {
    const parent = known(next)
    if (parent === undefined) return { outcome: 'orphan', op, missing: [next] }
    if (parent.type !== 'genesis' && parent.type !== 'roles') return refused('chain')
    ancestors.push(parent)
    next = parent.prev
  }
  const line = viewIdentity(op.identity, [...ancestors, op])
  return line?.head === op.id ? undefined : refused('unauthorised')
}

/** `undefined` when the op may join the set. */
const judgeFeedOp = (op: FeedOp, known: Lookup): Admission | undefined => {
  const roles = known(op.body.roles)
  const prev = op.prev === undefined ? undefined : known(op.prev)
  const missing = [...(roles === undefined ? [op.body.roles] : []), ...(op.prev !== undefined && prev === undefined ? [op.prev] : [])]
  if (roles === undefined || missing.length > 0) return { outcome: 'orphan', op, missing }
  if ((roles.type !== 'genesis' && roles.type !== 'roles') || roles.identity !== op.identity) return refused('chain')
  if (!isAuthorised(op, roles.body)) return refused('unauthorised')
  return prev === undefined || continues(op, prev) ? undefined : refused('chain')
}

const continues = (op: FeedOp, prev: Op): boolean =>
  (prev.type === 'release' || prev.type === 'status') &&
  prev.identity === op.identity &&
  prev.feed === op.feed &&
  prev.body.name === op.body.name &&
  op.seq === prev.seq + 1 &&
  op.at >= prev.at

/** For callers that made the op themselves: anything but membership is a defect of theirs or a refusal the user must see. */
export const requireMembership = (admission: Admission): Op => {
  if (admission.outcome === 'added' || admission.outcome === 'known') return admission.op
  if (admission.outcome === 'refused' && admission.reason === 'unauthorised') throw new GgenError('denied', 'this key may not publish under this name')
  throw new GgenError('op-invalid', `our own record was not accepted: ${admission.outcome === 'refused' ? admission.reason : admission.outcome}`)
}
