import { type IdentityId, isChainOp, isFeedOp, isGgenError, type Op, type PackageName } from '#core'
import { reopenOp } from '#trust'

/** Of many records those of packages under a name, and the chains of their publishers, in the order in which they are. Nothing is judged here. */
export const recordsUnder = (name: PackageName, envelopes: readonly Uint8Array[]): readonly Uint8Array[] => {
  const read = envelopes.flatMap((envelope) => readOp(envelope))
  const isMeant = (op: Op): boolean => isFeedOp(op) && op.body.name === name
  const publishers = new Set<IdentityId>(read.filter(isMeant).map(({ identity }) => identity))
  return read.filter((op) => isMeant(op) || (isChainOp(op) && publishers.has(op.identity))).map(({ bytes }) => bytes)
}

/** What cannot even be read is of no package. */
const readOp = (envelope: Uint8Array): readonly Op[] => {
  try {
    return [reopenOp(envelope)]
  } catch (error) {
    if (isGgenError(error)) return []
    throw error
  }
}
