import { LIMITS, type Op } from '#core'
import { reopenOp } from '#trust'

/** The op in an envelope that this node stored. */
export type Reopen = (envelope: Uint8Array) => Op

/** Remembers the ops that were asked for last, by all their bytes: the roles of a publisher stand behind every one of its releases. */
export const createReopen = (): Reopen => {
  const opened = new Map<string, Op>()
  return (envelope) => {
    const key = Buffer.from(envelope.buffer, envelope.byteOffset, envelope.length).toString('latin1')
    const known = opened.get(key)
    if (known !== undefined) {
      opened.delete(key)
      opened.set(key, known)
      return known
    }
    const op = reopenOp(envelope)
    opened.set(key, op)
    if (opened.size > LIMITS.openOps) for (const oldest of opened.keys().take(1)) opened.delete(oldest)
    return op
  }
}
