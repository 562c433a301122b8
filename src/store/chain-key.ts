import { type IdentityId, isFeedOp, isOpinion, type Op, type OpId, type PackageName, type PublicKey } from '#core'

/** Which chain of ops: with a name and a key the feed of that key, with an opinion and a key that opinion alone, without them the identity's own. */
export interface ChainKey {
  readonly identity: IdentityId
  readonly name?: PackageName
  readonly feed?: PublicKey
  /** An op about somebody else: it has no place in any chain, and is one of its own. */
  readonly opinion?: OpId
}

/** The chain that an op belongs to. */
export const chainOf = (op: Op): ChainKey => {
  const { identity } = op
  if (isFeedOp(op)) return { identity, name: op.body.name, feed: op.feed }
  return isOpinion(op) ? { identity, opinion: op.id, feed: op.key } : { identity }
}
