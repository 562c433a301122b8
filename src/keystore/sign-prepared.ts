import { GgenError, type Op } from '#core'
import { type KeyPair, readUnsigned, signingBytes } from '#trust'

/**
 * Reads a payload that a node prepared, if it is what the person was told. Without that a node that was taken over could have anything
 * signed. Throws `op-invalid` for everything else.
 */
export const readPrepared = (payload: Uint8Array, isExpected: (op: Op) => boolean): Op => {
  const op = readUnsigned(payload)
  if (isExpected(op)) return op
  throw new GgenError('op-invalid', 'the node prepared something else than what was asked for; it was not signed', { hint: 'do not trust this node' })
}

/** Signs what `readPrepared` takes, and gives no signature of anything else to anybody. */
export const signPrepared = (key: KeyPair, payload: Uint8Array, isExpected: (op: Op) => boolean): Uint8Array => {
  readPrepared(payload, isExpected)
  return key.sign(signingBytes(payload))
}
