import type { IdentityId, Op, PackageName, PublicKey } from '#core'

/** Which chain of ops: with a name and a key the feed of that key, without them the identity's own. */
export interface ChainKey {
  readonly identity: IdentityId
  readonly name?: PackageName
  readonly feed?: PublicKey
}

/** The chain that an op belongs to. */
export const chainOf = (op: Op): ChainKey => ('feed' in op ? { identity: op.identity, name: op.body.name, feed: op.feed } : { identity: op.identity })
