const TYPE = 'application/vnd.ggen.op.v1+dag-cbor'
const HEAD = Buffer.from(`DSSEv1 ${TYPE.length} ${TYPE} `)

/**
 * The bytes that keys sign: the pre-authentication encoding of DSSE. The type inside keeps a signature from ever meaning
 * something else in another protocol or version.
 */
export const signingBytes = (payload: Uint8Array): Uint8Array => {
  const length = `${payload.length} `
  // Out of the pool: most messages are small, and are gone as soon as they are checked.
  const message = Buffer.allocUnsafe(HEAD.length + length.length + payload.length)
  message.set(HEAD)
  for (let at = 0; at < length.length; at += 1) message[HEAD.length + at] = length.codePointAt(at) ?? 0
  message.set(payload, HEAD.length + length.length)
  return message
}
